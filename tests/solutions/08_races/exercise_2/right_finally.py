def alloc(heap, size_class, slot_len, slab_len):
    lane = heap.lanes[0]
    lock(heap, lane)
    try:
        front = lane.frees[size_class]
        if front:
            lane.frees[size_class] = heap.load(front + slot_len - 8)
            return front
        if lane.next_addrs[size_class] % slab_len == 0:
            slab = heap.map(slab_len, slab_len.bit_length() - 1)
            if slab == 0:
                return 0
            lane.next_addrs[size_class] = slab
        slot = lane.next_addrs[size_class]
        lane.next_addrs[size_class] += slot_len
        return slot
    finally:
        heap.unlock(lane)


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    lock(heap, lane)
    try:
        front, lane.frees[size_class] = lane.frees[size_class], addr
        heap.store(addr + slot_len - 8, front)
    finally:
        heap.unlock(lane)


def lock(heap, lane):
    if not heap.try_lock(lane):
        lock(heap, lane)
