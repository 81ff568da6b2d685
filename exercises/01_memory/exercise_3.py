"""Exercise 01.3: convict the allocator.

Edit this file: write the function below (8 to 12 lines, about). Save, then check:

    check("01.3")           in the notebook
    refalloc check 01.3     in a terminal

Memory does not notice when two blocks overlap. So we keep a log of what an allocator did, and look for the moment at
which it went wrong.
"""


def first_overlap(log):
    """The number of the first event at which the allocator hands out a byte that somebody has already.

    Args:    log: list of [what, addr, length]: what is "alloc" when a block of `length` bytes was handed out at `addr`,
             and "free" when that block was given back. After that its bytes may be handed out again.
    Returns: int, the place in the log, from 0; -1 when the allocator did nothing wrong.
             first_overlap([["alloc", 0, 10], ["alloc", 8, 10]]) is 1, as bytes 8 and 9 are handed out twice.
    """
    raise NotImplementedError
