"""Exercise 01.1: where is it?

Edit this file: write the two functions below (3 lines each, about). Save, then check:

    check("01.1")           in the notebook
    refalloc check 01.1     in a terminal

Here words have 8 bytes and pages 4,096. Other machines have others, so both lengths are given.
"""


def place(addr, word_len, page_len):
    """Which page an address lies in, which word of that page, and which byte of that word.

    Args:    addr: int, 0 <= addr; word_len, page_len: int, bytes; page_len is a multiple of word_len.
    Returns: list of three int, each counted from 0: the number of the page, of the word in its page, and of the byte in
             its word. place(4116, 8, 4096) is [1, 2, 4]: page 1 starts at 4096, its word 2 at 4112.
    """
    raise NotImplementedError


def pages_of(addr, length, page_len):
    """The numbers of all pages that a block lies in.

    Args:    addr, length: int, the block's first byte and how many bytes it has, 1 or more; page_len: int, bytes.
    Returns: list of int, lowest first. pages_of(4000, 100, 4096) is [0, 1]: its last byte is 4099.
    """
    raise NotImplementedError
