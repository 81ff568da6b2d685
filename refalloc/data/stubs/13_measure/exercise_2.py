"""Exercise 13.2: what is it worth?

Edit this file: write the two functions below (10 lines, about). Save, then check:

    check("13.2")           in the notebook
    refalloc check 13.2     in a terminal

An allocator that takes half the time does not make a program twice as fast: a program does other things, too. Predict
what it gains, and explain what was measured.

All numbers are whole, in parts of `unit`. With a unit of 1000: a share of 300 means that the program spends 300 of its
1000 parts of time in the allocator; a ratio of 500 means that the new allocator takes half the old one's time.
"""


def whole(share, ratio, unit):
    """The program's time with the new allocator, in parts of its time with the old one.

    What it spends outside the allocator stays as it is; of its time in the allocator, the new share is rounded down.

    Args:    share: int, 0 to unit; ratio: int, 0 or more, above unit for an allocator that is slower.
    Returns: int.
    """
    raise NotImplementedError


def share_of(measured, ratio, unit):
    """Which share explains a measurement?

    Args:    measured: int, the program's time with the new allocator; ratio: int, of the allocators alone.
    Returns: int, the smallest share for which `whole` gives `measured`; -1 if there is none: then something else than
             the time in the allocator has changed.
    """
    raise NotImplementedError
