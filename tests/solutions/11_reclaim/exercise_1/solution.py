"""Exercise 11.1, explained.

What a lane has is asked in three places, so it is a function of its own: it works on a lane that the caller holds. The
lane is given back before any other is asked for, on every way. The search passes over lanes that are taken: their
holders may be asleep, and a slab costs less than waiting for that.

Between the first look and the map the thread holds nothing, and another may have come to the same lane, found nothing
either, and mapped a slab for it. Who then writes next_addrs without a second look loses the rest of that slab for good:
no list and no lane leads there. This is why step 3 looks again.
"""

from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    lane = lock(heap)
    slot = take(heap, lane, size_class, slot_len, slab_len)
    heap.unlock(lane)
    if slot != 0:
        return slot

    for step in range(1, len(heap.lanes)):
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
