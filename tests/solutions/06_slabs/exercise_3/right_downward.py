def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len < slot_len:
        last = heap.map(slab_len, slab_len.bit_length() - 1) + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
