from refalloc.allocator import lock


def alloc(heap, size_class, slot_len, slab_len):
    lane = lock(heap)
    slot = pop(heap, lane, size_class) or bump(lane, size_class, slot_len, slab_len)
    heap.unlock(lane)
    return slot or search(heap, lane.index, 1, size_class, slot_len, slab_len)


def search(heap, start, step, size_class, slot_len, slab_len):
    if step == len(heap.lanes):
        lane = lock(heap)
        slot = pop(heap, lane, size_class) or bump(lane, size_class, slot_len, slab_len)
        if slot == 0 and (slot := heap.map(slab_len, slab_len.bit_length() - 1)) != 0:
            lane.next_addrs[size_class] = slot + slot_len
        heap.unlock(lane)
        return slot
    lane = heap.lanes[(start + step) % len(heap.lanes)]
    slot = 0
    if heap.try_lock(lane):
        slot = pop(heap, lane, size_class) or bump(lane, size_class, slot_len, slab_len)
        heap.unlock(lane)
    return slot or search(heap, start, step + 1, size_class, slot_len, slab_len)


def pop(heap, lane, size_class):
    slot = lane.frees[size_class]
    if slot:
        lane.frees[size_class] = heap.load(slot)
    return slot


def bump(lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        return 0
    lane.next_addrs[size_class] = slot + slot_len
    return slot
