"""Exercise 06.3: slots that do not fit evenly.

Edit this file: write the function below (8 lines, about). Save, then check:

    check("06.3")           in the notebook
    refalloc check 06.3     in a terminal

Finer size classes have slots of 48 or 80 bytes, too. A slab of 65,536 bytes has room for 1,365 slots of 48 bytes, and
16 bytes are left over. So next_addr need not come past a multiple of the slab's length, and the end test of the
allocator of this package fails. Find one that works for slots of any length.
"""


def next_slot(heap, lane, size_class, slot_len, slab_len):
    """Hand out a slot that was never handed out, from the slab in use or else from a new one.

    A slab gives slab_len // slot_len slots before the next is mapped: none reaches past its end, and no two overlap.
    Where in the slab they lie, and in which order they come, is up to you. So is the meaning of
    lane.next_addrs[size_class], one int, 0 at first: it is all that you can keep from one call to the next.

    heap.map(length, align_log2) maps `length` bytes at a multiple of 1 << align_log2. Here it is never refused.

    Args:    size_class: int; slot_len: int, bytes, a multiple of 8, 8 <= slot_len <= slab_len; slab_len: int, bytes, a
             power of two, what a slab is long and aligned to.
    Returns: int, the address of the slot, a multiple of 8.
    """
    raise NotImplementedError
