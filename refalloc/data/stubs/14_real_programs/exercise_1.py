"""Exercise 14.1: free without a length.

Edit this file: write the function below (12 lines, about). Save, then check:

    check("14.1")           in the notebook
    refalloc check 14.1     in a terminal

C's free is given an address and nothing else. So the library keeps a table, with an entry for each chunk of memory:
chunk i is chunk_len bytes from address i * chunk_len on. Slabs and large blocks begin where a chunk begins.

    0               nothing of ours begins here
    n > 0           a slab begins here; its slots have n bytes, and lie one after the other from its start
    n < 0           a large block of -n bytes begins here; it may go on over further chunks, whose entries are 0

A slab is a chunk long. Where slots do not fill it, the rest at its end is no slot.
"""


def usable(table, chunk_len, addr):
    """How many bytes the block at `addr` has, as C's malloc_usable_size says: its slot's, or its pages'.

    Args:    table: list of int, an entry for each chunk from address 0 on; behind its end nothing is ours.
             chunk_len: int, bytes; addr: int, 0 or more.
    Returns: int, bytes; 0 if no slot and no large block begins at `addr`: it is not a block's address, and a library
             ends the program that frees it.
    """
    raise NotImplementedError
