# fails with: Call 5 for slots of 16384 bytes, slab_len 65536, gave slab 1 + 65536: that lies in no slab.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot == 0 or slab_len - slot % slab_len < slot_len:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[size_class] = slot + slot_len
    return slot
