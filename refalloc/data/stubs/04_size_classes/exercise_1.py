"""Exercise 04.1: a class for every length.

Edit this file: write the two functions below (1 to 3 lines each). Save, then check:

    check("04.1")           in the notebook
    refalloc check 04.1     in a terminal

The allocator of this package does this for a smallest slot of 8 bytes, and takes the alignment as a power. Yours works
for any smallest slot.
"""


def slot_size(size_class, min_slot):
    """Bytes in one slot of a class: class 0 has slots of `min_slot` bytes, each further class slots twice as long.

    Args:    size_class: int, 0 <= size_class; min_slot: int, bytes, a power of two.
    Returns: int, bytes; slot_size(2, 16) is 64.
    """
    raise NotImplementedError


def size_class(length, alignment, min_slot):
    """The smallest class whose slots hold `length` bytes at a multiple of `alignment`.

    Slots of s bytes lie at multiples of s, so a slot is aligned to `alignment` when it is at least that long.

    Args:    length: int, bytes, 1 <= length; alignment, min_slot: int, bytes, powers of two.
    Returns: int, 0 or more; size_class(100, 8, 16) is 3, as slots of class 3 have 128 bytes, those of class 2 only 64.
    """
    raise NotImplementedError
