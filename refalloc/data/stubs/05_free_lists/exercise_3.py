"""Exercise 05.3: links that notice.

Edit this file: write the two functions below (2 to 7 lines each). Save, then check:

    check("05.3")           in the notebook
    refalloc check 05.3     in a terminal

glibc, since its version 2.32, does not write the plain link into a free slot. It writes

    link ^ (slot >> shift)

where slot is the address that the word is written to and ^ is Python's exclusive or: doing it twice undoes it. Who
overwrites the word without knowing that address gets a link that almost never leads to the start of a slot. So pop can
notice. The allocator of this package has no such thing.
"""


def push(heap, lane, size_class, slot, shift):
    """Put a slot at the front of the free list of its class, its link protected, also when that is 0.

    Args:    size_class: int; slot: int, the address of its start, where its link is written; shift: int, 1 or more.
    Returns: nothing.
    """
    raise NotImplementedError


def pop(heap, lane, size_class, shift, slot_len):
    """Take the slot at the front of the free list, if its link is in order.

    The link is in order if it is a multiple of slot_len: slots lie at multiples of their length, and 0 is one too.

    Args:    size_class: int; shift: int, as push was given; slot_len: int, bytes, a power of two.
    Returns: int, the address of the slot's start; 0 when the list is empty; -1 when the link is not in order, and
             then lane.frees is as it was.
    """
    raise NotImplementedError
