# fails with: With slot_len 16384, slab_len 65536, a slab's address % slab_len is 4096; expected 0. Ask heap.map for the alignment too: 1 << align_log2 is to be slab_len.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len == 0:
        slab = heap.map(slab_len, 12)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
