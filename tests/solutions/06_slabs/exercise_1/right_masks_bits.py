def next_slot(heap, lane, size_class, slot_len, slab_len):
    if not lane.next_addrs[size_class] & (slab_len - 1):
        align_log2 = 0
        while 1 << align_log2 < slab_len:
            align_log2 += 1
        if (slab := heap.map(slab_len, align_log2)) == 0:
            return slab
        lane.next_addrs[size_class] = slab | slab_len - slot_len
    else:
        lane.next_addrs[size_class] -= slot_len
    return lane.next_addrs[size_class]
