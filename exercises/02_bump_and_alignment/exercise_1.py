"""Exercise 02.1: round up.

Edit this file: write the two functions below (1 to 2 lines each). Save, then check:

    check("02.1")           in the notebook
    refalloc check 02.1     in a terminal

Alignments are powers of two in most allocators. Yours may be any number: slots of 48 bytes lie at multiples of 48.
"""


def align_up(addr, alignment):
    """The lowest multiple of `alignment` that is not below `addr`.

    Args:    addr: int, 0 or more; alignment: int, bytes, 1 or more.
    Returns: int; align_up(100, 48) is 144, and align_up(96, 48) is 96.
    """
    raise NotImplementedError


def align_up_at(addr, alignment, offset):
    """The lowest address, not below `addr`, that becomes a multiple of `alignment` when `offset` is added.

    A block may start with a header of `offset` bytes, and it is what comes after the header that must be aligned.
    mimalloc has a function for this, mi_malloc_aligned_at.

    Args:    addr, alignment: as align_up; offset: int, bytes, 0 or more.
    Returns: int; align_up_at(100, 16, 8) is 104, as 104 + 8 is 112, which is 7 * 16.
    """
    raise NotImplementedError
