"""Exercise 03.1: play the scheduler.

Edit this file: write the two functions below (15 and 3 lines, about). Save, then check:

    check("03.1")           in the notebook
    refalloc check 03.1     in a terminal

Several threads run this program at the same time. They share `the`, and the.allocator is 0 in the beginning.

    def get():
        if the.allocator == 0:      # look: one step
            made = make()           # make: `making` steps, only if the look found 0
            the.allocator = made    # note: one step, only after making
        return the.allocator        # take: one step, the last: what is noted now

A schedule is a list of thread numbers, from 0: each entry lets that thread take its next step. When the schedule is
over, the threads that have not ended run on, thread 0 to its end, then thread 1, and so on.
"""


def taken(schedule, thread_count, making):
    """Whose allocator each thread has in the end.

    Args:    schedule: list of int, which lets no thread take more steps than it has; thread_count: int, 1 or more;
             making: int, steps, 1 or more.
    Returns: list of int, one for each thread: the number of the thread that made the allocator which this one took.
             taken([0, 1], 2, 1) is [0, 1]: both look and find 0. The schedule is over; thread 0 makes, notes and takes
             its own, and then thread 1 does.
    """
    raise NotImplementedError


def schedule_for(thread_count, made_count):
    """A schedule under which `thread_count` threads make `made_count` allocators, whatever `making` is.

    Args:    thread_count, made_count: int, 1 <= made_count <= thread_count.
    Returns: list of int.
    """
    raise NotImplementedError
