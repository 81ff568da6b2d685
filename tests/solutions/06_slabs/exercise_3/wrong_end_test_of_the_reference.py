# fails with: Call 4 for slots of 20480 bytes, slab_len 65536, gave slab 1 + 61440: only 4096 bytes of the slab are left there; the slot reaches past its end.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[size_class] = slot + slot_len
    return slot
