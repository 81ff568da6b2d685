# fails with: Then lane.next_addrs[2] is 0; expected slab 1 + 0.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len == 0:
        lane.next_addrs[size_class] = 0
        slab = heap.map(slab_len, slab_len.bit_length() - 1)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
