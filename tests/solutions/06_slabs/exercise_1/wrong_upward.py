# fails with: With slot_len 16384, slab_len 65536, the first call gave slab 1 + 0; expected slab 1 + 49152. That is the lowest slot; begin at the other end.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    next_addr = lane.next_addrs[size_class]
    if next_addr % slab_len != 0:
        lane.next_addrs[size_class] = next_addr + slot_len
        return next_addr
    slab = heap.map(slab_len, slab_len.bit_length() - 1)
    if slab != 0:
        lane.next_addrs[size_class] = slab + slot_len
    return slab
