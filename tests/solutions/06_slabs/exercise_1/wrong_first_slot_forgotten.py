# fails with: With slot_len 16384, slab_len 65536, after 4 calls there are 2 slabs; expected 1 slab. There was a slot left, and a slab was mapped all the same.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class] - slot_len
    if slot > 0 and slot % slab_len != 0:
        lane.next_addrs[size_class] = slot
        return slot
    slab = heap.map(slab_len, slab_len.bit_length() - 1)
    if slab == 0:
        return 0
    lane.next_addrs[size_class] = slab + slab_len - slot_len
    return lane.next_addrs[size_class]
