# fails with: Call 1 for slots of 16384 bytes, slab_len 65536, gave 0: that is no slot; a 0 in the lane says that there is no slab yet.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slab_len - slot % slab_len < slot_len:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    lane.next_addrs[size_class] = slot + slot_len
    return slot
