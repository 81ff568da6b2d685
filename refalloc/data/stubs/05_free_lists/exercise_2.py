"""Exercise 05.2: what is wrong with this list?

Edit this file: write the function below (10 lines, about). Save, then check:

    check("05.2")           in the notebook
    refalloc check 05.2     in a terminal

A write to a freed block, a block freed twice: both damage a free list, and the allocator goes on as if nothing had
happened. Write the test that convicts it. It only looks, and changes nothing.
"""


def verdict(heap, front, slab, slab_len, slot_len):
    """Follow a free list from its front, and say how it ends.

    All slots of the list should lie in one slab: `slab_len` bytes from the address `slab`, cut into slots of
    `slot_len` bytes from its start. The link is the first word of a slot. Never load from an address that is not a
    slot of the slab: there may be no memory.

    Args:    front, slab: int, addresses; front is 0 for an empty list; slab_len, slot_len: int, bytes, slot_len a
             multiple of 8 and a divisor of slab_len.
    Returns: str, what the walk meets first:
             "sound"    a 0: the list ends as it should;
             "outside"  an address below the slab, or at its end or above;
             "between"  an address in the slab that is not the start of a slot;
             "loop"     a slot that it has met already.
    """
    raise NotImplementedError
