"""Exercise 07.1: what does resize say?

Edit this file: write the two functions below (3 to 6 lines each). Save, then check:

    check("07.1")           in the notebook
    refalloc check 07.1     in a terminal

Predict it, for any table of slots and any length of page.
"""


def given_len(length, slots, page_len):
    """How many bytes a block is given: the smallest slot that holds it, or whole pages if no slot does.

    Args:    length: int, bytes, 1 or more; slots: list of int, bytes, smallest first; page_len: int, bytes.
    Returns: int, bytes. given_len(100, [64, 128], 4096) is 128, and given_len(129, [64, 128], 4096) is 4096.
    """
    raise NotImplementedError


def answer(length, new_length, slots, page_len):
    """What resize says when a block of `length` bytes is to have `new_length` bytes where it is.

    The allocator does not note lengths. Whoever frees the block will say that it has new_length bytes, and free will
    look for it where a block of that length is kept.

    Args:    as given_len.
    Returns: str, "done"    it may have the new length, and nothing has to be done;
             "system"  it is large and is to have another number of pages: the system decides;
             "refused" all else.
    """
    raise NotImplementedError
