# fails with: Two threads that alloc and free: wrong answer at step 14: 3 of 8 slots are lost: not in use, not in the list, not left in the slab. A free waits for the lock too. And what was read before the lock was given back may be out of date.
def alloc(heap, size_class, slot_len, slab_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    addr = lane.frees[size_class]
    if addr:
        lane.frees[size_class] = heap.load(addr + slot_len - 8)
        heap.unlock(lane)
        return addr
    addr = lane.next_addrs[size_class]
    if addr % slab_len:
        lane.next_addrs[size_class] = addr + slot_len
        heap.unlock(lane)
        return addr
    heap.unlock(lane)
    addr = heap.map(slab_len, slab_len.bit_length() - 1)
    while not heap.try_lock(lane):
        pass
    if addr:
        lane.next_addrs[size_class] = addr + slot_len
    heap.unlock(lane)
    return addr


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    heap.store(addr + slot_len - 8, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)
