"""Exercise 05.1: push and pop.

Edit this file: write the two functions below (2 to 5 lines each). Save, then check:

    check("05.1")           in the notebook
    refalloc check 05.1     in a terminal

The free list of a class is a chain. lane.frees[size_class] is the address of the first free slot, 0 when there is
none. In each free slot lies one word, its link: the address of the next free slot, 0 in the last one. All these are
addresses of the *start* of a slot.

In the allocator of this package the link is the first word of a slot. Here it lies `link_offset` bytes into the slot.
heap.load(addr) gives the word at an address, heap.store(addr, word) sets it.
"""


def push(heap, lane, size_class, slot, link_offset):
    """Put a slot at the front of the free list of its class.

    Args:    size_class: int; slot: int, the address of its start; link_offset: int, bytes, a multiple of 8.
    Returns: nothing.
    """
    raise NotImplementedError


def pop(heap, lane, size_class, link_offset):
    """Take the slot at the front of the free list.

    Args:    size_class: int; link_offset: int, bytes, a multiple of 8.
    Returns: int, the address of the slot's start; 0 when the list is empty.
    """
    raise NotImplementedError
