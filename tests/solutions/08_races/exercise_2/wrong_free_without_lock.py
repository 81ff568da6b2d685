# fails with: Two threads that alloc and free: data race at step 5: T1 reads frees[4] of lane 0, which T0 writes; no lock orders the two. One of the two is not behind the lock: take it before the first look, give it back after the last change.
def alloc(heap, size_class, slot_len, slab_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + slot_len - 8)
        heap.unlock(lane)
        return slot
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
        if slot == 0:
            heap.unlock(lane)
            return 0
    lane.next_addrs[size_class] = slot + slot_len
    heap.unlock(lane)
    return slot


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    heap.store(addr + slot_len - 8, lane.frees[size_class])
    lane.frees[size_class] = addr
