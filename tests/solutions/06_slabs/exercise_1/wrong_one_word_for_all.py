# fails with: With slot_len 16384, slab_len 65536, then lane.next_addrs[2] is 0; expected slab 1 + 49152. It says which slot was handed out last.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[0]
    if last % slab_len == 0:
        slab = heap.map(slab_len, slab_len.bit_length() - 1)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[0] = last - slot_len
    return last - slot_len
