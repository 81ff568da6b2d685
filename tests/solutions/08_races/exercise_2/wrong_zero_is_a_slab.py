# fails with: Two threads that alloc, with no memory to be had: wrong answer at step 7: alloc(4096, 3) returned 0x1000, which is not mapped. Where there is no memory, map gives 0, which is no slab.
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
    lane.next_addrs[size_class] = slot + slot_len
    heap.unlock(lane)
    return slot


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    heap.store(addr + slot_len - 8, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)
