"""Exercise 08.2: one lock for all.

Edit this file: write the two functions below (15 and 6 lines, about). Save, then check:

    check("08.2")           in the notebook
    refalloc check 08.2     in a terminal

An allocator with one lane, heap.lanes[0], that many threads use. What the lane holds is the allocator's state:

    lane.frees[size_class]       the free list: the first free slot, 0 for none. Its link is the *last* word of a slot.
    lane.next_addrs[size_class]  where the slab goes on; a multiple of slab_len when there is none or it is used up

Nobody may read or write them without the lane's lock:

    heap.try_lock(lane)          takes the lock and gives True, or gives False at once. To wait, try again.
    heap.unlock(lane)            gives it back. The functions must not return without that, on whatever path.

Memory comes from heap.map(slab_len, slab_align_log2), 0 if the system has none. heap.load(addr) and
heap.store(addr, word) read and write a word of it. The check runs your functions in simulated threads.
"""


def alloc(heap, size_class, slot_len, slab_len):
    """Hand out a slot: a free one, or else the next one of the slab, or else the first one of a new slab.

    Args:    size_class: int; slot_len, slab_len: int, bytes, powers of two; 8 <= slot_len < slab_len.
    Returns: int, the slot's address; 0 when the system has no memory.
    """
    raise NotImplementedError


def free(heap, addr, size_class, slot_len):
    """Put a slot at the front of the free list. Returns nothing.

    Args:    addr: int, what alloc returned; size_class, slot_len: what alloc was asked for.
    """
    raise NotImplementedError
