"""Exercise 01.2: bytes out of words.

Edit this file: write the two functions below (5 to 10 lines each, about). Save, then check:

    check("01.2")           in the notebook
    refalloc check 01.2     in a terminal

The allocator of this course has whole words only: heap.load(addr) gives the word at `addr`, an int, and
heap.store(addr, word) sets it, both for addresses that are multiples of 8. Build reading and writing of bytes on these
two alone. Python's int.to_bytes and int.from_bytes turn a word into its 8 bytes and back.

byte_order says which byte of a word lies first in memory: the lowest ("little", as on your machine) or the highest
("big"). With "big", the word 1 has its 1 in the last of its 8 bytes.
"""


def load_bytes(heap, addr, length, byte_order):
    """The `length` bytes at `addr`.

    Args:    addr, length: int; the block may start and end inside a word, and only the words that it has bytes in
             are sure to be there; byte_order: str, "little" or "big".
    Returns: bytes.
    """
    raise NotImplementedError


def store_bytes(heap, addr, data, byte_order):
    """Write `data`, bytes, one or more, to `addr` and after. All other bytes stay as they are.

    Args:    as load_bytes.
    Returns: None.
    """
    raise NotImplementedError
