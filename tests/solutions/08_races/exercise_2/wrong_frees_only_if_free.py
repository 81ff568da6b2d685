# fails with: Two threads that alloc and free: wrong answer at step 9: 1 of 4 slots are lost: not in use, not in the list, not left in the slab. A free waits for the lock too. And what was read before the lock was given back may be out of date.
def alloc(heap, size_class, slot_len, slab_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    addr = lane.frees[size_class]
    if addr:
        lane.frees[size_class] = heap.load(addr + slot_len - 8)
    else:
        addr = lane.next_addrs[size_class]
        if not addr % slab_len:
            addr = heap.map(slab_len, slab_len.bit_length() - 1)
        if addr:
            lane.next_addrs[size_class] = addr + slot_len
    heap.unlock(lane)
    return addr


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    if heap.try_lock(lane):
        heap.store(addr + slot_len - 8, lane.frees[size_class])
        lane.frees[size_class] = addr
        heap.unlock(lane)
