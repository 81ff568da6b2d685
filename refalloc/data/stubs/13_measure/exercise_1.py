"""Exercise 13.1: faster, slower, or nobody knows?

Edit this file: write the two functions below (12 lines, about). Save, then check:

    check("13.1")           in the notebook
    refalloc check 13.1     in a terminal

Two allocators were measured by turns: in each round both ran once, one after the other. You have their times. What may
you say about them?

All results are whole numbers: a ratio is in parts of `unit`, so with a unit of 1000, 250 is a quarter, and 1000 means
that both took the same time.
"""


def spread(ours, theirs, unit):
    """The middle of the ratios, and the quartiles round it.

    The ratio of a round is ours times unit, divided by theirs, rounded down. Sort the ratios. The middle is the one in
    the middle; the lower quartile is the one that has a quarter of their count before it, rounded down; the upper
    quartile has as many behind it.

    Args:    ours, theirs: list of int, ns, as long as each other, of odd length; ours[i] and theirs[i] are of round i.
    Returns: list of 3 int: lower quartile, middle, upper quartile.
    """
    raise NotImplementedError


def verdict(ours, theirs, unit):
    """What may be said.

    Returns: str. "faster" if even the upper quartile is less than unit, "slower" if even the lower one is more, and
             "nobody knows" otherwise.
    """
    raise NotImplementedError
