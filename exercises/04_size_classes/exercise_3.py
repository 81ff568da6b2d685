"""Exercise 04.3: what do the classes cost?

Edit this file: write the two functions below (4 lines each, about). Save, then check:

    check("04.3")           in the notebook
    refalloc check 04.3     in a terminal
"""


def waste_percent(lengths, slots):
    """What is given and not asked for, in percent of what is asked for, over all blocks together.

    Each block gets the smallest slot that holds it.

    Args:    lengths: list of int, bytes, one or more, none longer than the last slot;
             slots: list of int, bytes, smallest first.
    Returns: int, percent, rounded down; waste_percent([10, 16], [8, 16]) is 23: 32 bytes are given, 26 asked for, and
             6 are 23.07 percent of 26.
    """
    raise NotImplementedError


def worst_length(slots, shortest):
    """The length that wastes the largest share of what it asks for.

    Args:    slots: list of int, bytes, smallest first; shortest: int, bytes, no longer than the last slot.
    Returns: int, bytes, of shortest <= length <= slots[-1]; the shortest of them, if several waste the same share.
             worst_length([16, 32, 48, 64], 16) is 17: 15 bytes of waste to 17 asked for.
    """
    raise NotImplementedError
