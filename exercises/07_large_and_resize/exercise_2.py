"""Exercise 07.2: another length, whatever it takes.

Edit this file: write the function below (8 to 12 lines). Save, then check:

    check("07.2")           in the notebook
    refalloc check 07.2     in a terminal

C programs call realloc: it gives a block another length, and moves it if it must. Write it on top of the allocator of
this package:

    allocator.alloc(heap, length, ALIGN_LOG2)                       an address; 0 when there is no memory
    allocator.free(heap, addr, length, ALIGN_LOG2)
    allocator.resize(heap, addr, length, new_length, ALIGN_LOG2)    bool: whether it has the new length now, in place
"""

from refalloc import allocator

ALIGN_LOG2 = 3  # all blocks here lie at multiples of 8


def realloc(heap, addr, length, new_length):
    """Give a block another length, in place if that can be, else at another address.

    Its bytes stay, as many as both lengths have. heap.load and heap.store copy a word; slots and pages consist of whole
    words, so that a block's last word may be copied whole. In place is better than moving: nothing is copied.

    Args:    addr: int, where a live block of `length` bytes lies; length, new_length: int, bytes, 1 or more.
    Returns: int, the block's address now, and `addr` belongs to it no more if that is another; 0 when there is no
             memory, and then the block is as it was.
    """
    raise NotImplementedError
