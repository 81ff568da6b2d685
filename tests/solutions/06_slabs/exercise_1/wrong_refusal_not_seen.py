# fails with: With slot_len 16384, slab_len 65536 and no memory for a slab, the call gave 49152, no address near slab 1; expected 0. heap.map gave 0, and you counted from there.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len == 0:
        last = heap.map(slab_len, slab_len.bit_length() - 1) + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
