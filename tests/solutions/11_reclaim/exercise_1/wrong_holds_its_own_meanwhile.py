# fails with: 3 lanes, lane 1 taken by others, a slot in lane 2: deadlock at step 4: T0 holds lane 0 and waits for lane 1 (held by prepare). In the search a lane that is taken is passed over, not waited for.
from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    lane = lock(heap)
    slot = take(heap, lane, size_class, slot_len, slab_len)
    if slot != 0:
        heap.unlock(lane)
        return slot

    for step in range(1, len(heap.lanes)):
        other = heap.lanes[(lane.index + step) % len(heap.lanes)]
        while not heap.try_lock(other):
            pass
        slot = take(heap, other, size_class, slot_len, slab_len)
        heap.unlock(other)
        if slot != 0:
            heap.unlock(lane)
            return slot

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
