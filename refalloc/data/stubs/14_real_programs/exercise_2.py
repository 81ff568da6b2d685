"""Exercise 14.2: read the crash.

Edit this file: write the function below (20 lines, about). Save, then check:

    check("14.2")           in the notebook
    refalloc check 14.2     in a terminal

A program has stopped at an access to an address. You have the heap calls that it made until then. What did it do?
"""


def verdict(calls, addr, reach):
    """What lies at the address at which a program stopped.

    The first of these that is true:
        "live"      a block that is live has the byte at addr
        "freed"     a block that was freed had it; of several, the one that was freed last
        "past"      a live block ends at addr, or less than `reach` bytes before it; of several, the nearest
        "unknown"   none of these

    Args:    calls: list of [int, int], in order: an address and a length is a malloc that gave that address; an address
             and 0 is a free. addr: int. reach: int, bytes, 1 or more.
    Returns: list of str and 2 int: the word; which call says so, counted from 0: the block's malloc for "live" and
             "past", its free for "freed"; and addr's offset from the block's start. ["unknown", -1, 0] for none.
    """
    raise NotImplementedError
