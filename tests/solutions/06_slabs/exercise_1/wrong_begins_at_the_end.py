# fails with: With slot_len 16384, slab_len 65536, the first call gave slab 1 + 65536; expected slab 1 + 49152. That is the end of the slab; the highest slot starts one slot below.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len != 0:
        lane.next_addrs[size_class] = last - slot_len
        return last - slot_len
    slab = heap.map(slab_len, slab_len.bit_length() - 1)
    if slab == 0:
        return 0
    lane.next_addrs[size_class] = slab + slab_len
    return slab + slab_len
