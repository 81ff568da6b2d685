from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    def with_lane(lane, last_resort=lambda lane: 0):
        try:
            if front := lane.frees[size_class]:
                lane.frees[size_class] = heap.load(front)
                return front
            if (fresh := lane.next_addrs[size_class]) & (slab_len - 1):
                lane.next_addrs[size_class] += slot_len
                return fresh
            return last_resort(lane)
        finally:
            heap.unlock(lane)

    def map_slab(lane):
        slab = heap.map(slab_len, (slab_len - 1).bit_length())
        if slab:
            lane.next_addrs[size_class] = slab + slot_len
        return slab

    home = lock(heap)
    here = home.index
    found = with_lane(home)
    others = [*heap.lanes[here + 1 :], *heap.lanes[:here]]
    while not found and others:
        other = others.pop(0)
        if heap.try_lock(other):
            found = with_lane(other)
    return found or with_lane(lock(heap), map_slab)
