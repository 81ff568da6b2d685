"""Exercise 07.3: which free did it?

Edit this file: write the function below (10 lines, about). Save, then check:

    check("07.3")           in the notebook
    refalloc check 07.3     in a terminal

A program has gone wrong, and all we have is a record of its calls. Find the call that did the harm.
"""


def first_harm(calls, slots, page_len):
    """The number of the first free that does harm.

    A free does harm if no block is live at its address, or if the block there was given another slot, or another number
    of pages, than one of the length that free is told. A wrong length that leads to the same slot, or to as many pages,
    does none.

    Args:    calls: list of [name, addr, length]: name is "alloc" or "free", addr what alloc gave, or what free was
             told, length as in the call. Every alloc is in order: its block lies in a slot or in pages of its own.
             slots: list of int, bytes, smallest first; a longer block is large: it has whole pages of page_len bytes.
    Returns: int, a place in `calls`; -1 when no free does harm.
    """
    raise NotImplementedError
