# fails with: With slot_len 16384, slab_len 65536, after 5 calls there are 1 slab; expected 2 slabs. All slots were handed out, and no slab was mapped.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last == 0:
        slab = heap.map(slab_len, slab_len.bit_length() - 1)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
