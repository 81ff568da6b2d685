# fails with: Call 2 for slots of 20480 bytes, slab_len 65536, gave slab 1 + 4096: that overlaps the slot at slab 1 + 0, which was handed out before.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    step = slot_len & -slot_len
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0 or slot % slab_len + slot_len > slab_len:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[size_class] = slot + step
    return slot
