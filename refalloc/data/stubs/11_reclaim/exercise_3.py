"""Exercise 11.3: give back.

Edit this file: write the function below (25 lines, about). Save, then check:

    check("11.3")           in the notebook
    refalloc check 11.3     in a terminal

A slab of which every slot that was handed out is free again holds nothing of anyone, and can go back to the system. Its
slots may lie in the free lists of several lanes. Who gives back each such slab has to map again at the next alloc; so
a few of them stay.

    lane.frees[size_class]          the front of a free list; a free slot's link, its first word, leads to the next one
    lane.next_addrs[size_class]     where the lane's newest slab goes on: from there to the slab's end, slots were never
                                    handed out. A multiple of slab_len: there is no such slab. All other slabs are used
                                    up: all of their slots were handed out.
    heap.load(addr), heap.store(addr, word), heap.unmap(slab, slab_len)
"""


def give_back(heap, size_class, slot_len, slab_len, keep):
    """Unmap the slabs of a class that hold no live block, but for the `keep` of them with the lowest addresses.

    Slots of what is unmapped leave the free lists; all others stay, in the lane and in the order in which they were. A
    lane whose newest slab is unmapped has none then: its next_addrs[size_class] is 0.

    Args:    size_class, keep: int, 0 or more; slot_len, slab_len: int, bytes, powers of two. Slabs are aligned to
             slab_len.
    Returns: int, bytes unmapped.
    Locks:   the caller holds all lanes, so nothing moves; leave them as they are.
    """
    raise NotImplementedError
