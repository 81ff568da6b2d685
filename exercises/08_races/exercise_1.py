"""Exercise 08.1: how many orders?

Edit this file: write the function below (15 lines, about). Save, then check:

    check("08.1")           in the notebook
    refalloc check 08.1     in a terminal

Thread t takes step_counts[t] steps. A schedule is a list of thread numbers, from 0, one for each step: who takes it.
[0, 1, 0] says that thread 0 takes a step, then thread 1 all of its one step, then thread 0 its second and last.

A switch from a thread that has steps left is a preemption. [0, 1, 0] has one: thread 0 had a step left. When thread 1
had ended, somebody else had to go on: that is no preemption.
"""


def schedules(step_counts, preemptions):
    """All schedules with at most so many preemptions.

    Args:    step_counts: list of int, one for each thread, 1 or more each; preemptions: int, 0 or more.
    Returns: list of list of int, each schedule once, in any order. schedules([2, 1], 0) is [[0, 0, 1], [1, 0, 0]].
    """
    raise NotImplementedError
