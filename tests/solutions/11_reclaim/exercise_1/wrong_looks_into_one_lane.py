# fails with: 3 lanes, thread index 0, a slot in the free list of lane 2: alloc gave a new slab + 0; expected slab + 4096. It mapped a slab although another lane has a slot.
from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    lane = lock(heap)
    slot = take(heap, lane, size_class, slot_len, slab_len)
    heap.unlock(lane)
    if slot != 0:
        return slot

    for step in range(1, min(2, len(heap.lanes))):
        other = heap.lanes[(lane.index + step) % len(heap.lanes)]
        if heap.try_lock(other):
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
