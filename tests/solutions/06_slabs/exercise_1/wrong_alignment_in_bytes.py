# fails with: With slot_len 16384, slab_len 65536, after the first call there are 0 slabs; expected 1 slab. Was the slab refused? The second argument of heap.map is a power: 1 << align_log2 is the alignment.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len == 0:
        slab = heap.map(slab_len, slab_len)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
