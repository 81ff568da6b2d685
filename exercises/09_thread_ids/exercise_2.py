"""Exercise 09.2: find the bug.

Edit this file: write the function below anew (10 lines, about). Save, then check:

    check("09.2")           in the notebook
    refalloc check 09.2     in a terminal

free_all gives many slots of a class back at once. Somebody wrote it like this:

    1   def free_all(heap, addrs, size_class, link_offset):
    2       mine = heap.lanes[heap.thread_index]
    3       lock(heap)
    4       for addr in addrs:
    5           heap.store(addr + link_offset, mine.frees[size_class])
    6           mine.frees[size_class] = addr
    7       heap.unlock(mine)

In all tests with one thread it was right. Two threads that give back one slot each (A and A+64), with two lanes:

    data race: T0 reads frees[3] of lane 0, which T1 writes; no lock orders the two

          T0                                  T1                                line
                                              takes lane 0                         3
                                              reads frees[3] of lane 0: 0          5
                                              stores A+64 = 0                      5
        *                                     writes frees[3] of lane 0 = A+64     6
          finds lane 0 taken                                                       3
          takes lane 1                                                             3
          sets its thread_index = 1                                                3
        * reads frees[3] of lane 0: A+64                                           5

Find out why, and write it right. And as you are there: while a lane is locked others cannot use it, so keep the lock
for as few steps as can be. In your version, however many slots there are, at most one word of memory is written and
none is read while a lane is locked.
"""

from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    """Put slots on the free list of the lane that the thread gets, as if they were given back one after the other.

    The last of them is in front in the end. A slot's link lies `link_offset` bytes into it. Of lanes, only what is
    locked may be read or written. lock(heap) takes a lane and returns it; heap.unlock(lane) gives it back.

    Args:    addrs: list of int, addresses of slots, none twice; it may be empty.
    Returns: nothing.
    """
    raise NotImplementedError
