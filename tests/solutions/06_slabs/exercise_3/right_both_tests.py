def next_slot(heap, lane, size_class, slot_len, slab_len):
    addrs = lane.next_addrs
    offset = addrs[size_class] % slab_len
    fits = offset > 0 and offset <= slab_len - slot_len
    slot = addrs[size_class] if fits else heap.map(slab_len, slab_len.bit_length() - 1)
    addrs[size_class] = slot + slot_len
    return slot
