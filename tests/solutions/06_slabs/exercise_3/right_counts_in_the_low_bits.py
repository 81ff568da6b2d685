def next_slot(heap, lane, size_class, slot_len, slab_len):
    # A slab's address ends in zeros, and the number of slots is less than slab_len: one word holds both.
    word = lane.next_addrs[size_class]
    slab, count = word & -slab_len, word & slab_len - 1
    if word == 0 or count == slab_len // slot_len:
        slab, count = heap.map(slab_len, slab_len.bit_length() - 1), 0
    lane.next_addrs[size_class] = slab | count + 1
    return slab + count * slot_len
