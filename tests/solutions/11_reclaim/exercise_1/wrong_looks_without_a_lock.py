# fails with: T0 from lane 0 and T1 from lane 1 alloc and free, 2 lanes: data race at step 10: T1 reads frees[4] of lane 0, which T0 writes; no lock orders the two. What a lane has may be looked at only while you hold it.
from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    lane = lock(heap)
    slot = take(heap, lane, size_class, slot_len, slab_len)
    heap.unlock(lane)
    if slot != 0:
        return slot

    for step in range(1, len(heap.lanes)):
        other = heap.lanes[(lane.index + step) % len(heap.lanes)]
        if other.frees[size_class] + other.next_addrs[size_class] != 0 and heap.try_lock(other):
            slot = take(heap, other, size_class, slot_len, slab_len)
            heap.unlock(other)
            if slot != 0:
                return slot

    lane = lock(heap)
    slot = take(heap, lane, size_class, slot_len, slab_len)
    if slot == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
        if slot != 0:
            lane.next_addrs[size_class] = slot + slot_len
    heap.unlock(lane)
    return slot


def take(heap, lane, size_class, slot_len, slab_len):
    """A slot that the lane has, or 0. The caller holds the lane."""
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot)
        return slot
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        return 0
    lane.next_addrs[size_class] = slot + slot_len
    return slot
