# fails with: Slots of two classes lie in one slab; each class has a word of its own in the lane.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[0]
    if slot % slab_len == 0 or slot % slab_len + slot_len > slab_len:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[0] = slot + slot_len
    return slot
