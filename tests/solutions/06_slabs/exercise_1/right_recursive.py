import math


def next_slot(heap, lane, size_class, slot_len, slab_len):
    def below(top):
        lane.next_addrs[size_class] = top - slot_len
        return lane.next_addrs[size_class]

    _, used = divmod(lane.next_addrs[size_class], slab_len)
    if used:
        return below(lane.next_addrs[size_class])
    slab = heap.map(slab_len, int(math.log2(slab_len)))
    return below(slab + slab_len) if slab else 0
