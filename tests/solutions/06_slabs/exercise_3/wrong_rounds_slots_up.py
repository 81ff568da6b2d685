# fails with: Slots of 20480 bytes, slab_len 65536: slot 3 of slab 1 lies in slab 2; expected slab 1. A slab has room for 3, and the one before was left too early.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot_len = 1 << (slot_len - 1).bit_length()
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[size_class] = slot + slot_len
    return slot
