"""Exercise 06.1: from the top down.

Edit this file: write the function below (8 lines, about). Save, then check:

    check("06.1")           in the notebook
    refalloc check 06.1     in a terminal

The allocator of this package hands out the slots of a slab from its start upward. Yours begins at the end and goes down
to the start. One word for each class says how far it has come: lane.next_addrs[size_class] is the slot of that class
that was handed out last, and 0 when there is no slab yet.
"""


def next_slot(heap, lane, size_class, slot_len, slab_len):
    """Hand out a slot that was never handed out: the one below the last, or the highest of a new slab.

    heap.map(length, align_log2) maps `length` bytes at a multiple of 1 << align_log2, and gives their address, or 0
    when the system has no memory. Slabs have slab_len bytes and start at multiples of slab_len, so that
    lane.next_addrs[size_class] itself tells whether its slab is used up.

    Args:    size_class: int; slot_len, slab_len: int, bytes, powers of two, slot_len < slab_len.
    Returns: int, the address of the slot; 0 when a new slab is needed and there is no memory, and then the lane is as
             it was.
    """
    raise NotImplementedError
