import contextlib


@contextlib.contextmanager
def locked(heap):
    (lane,) = heap.lanes
    while True:
        if heap.try_lock(lane):
            break
    yield lane
    heap.unlock(lane)


def alloc(heap, size_class, slot_len, slab_len):
    with locked(heap) as lane:
        slot = pop(heap, lane, size_class, slot_len) or bump(lane, size_class, slot_len, slab_len)
        if not slot:
            slot = heap.map(slab_len, (slab_len - 1).bit_length())
            if slot:
                lane.next_addrs[size_class] = slot + slot_len
    return slot


def pop(heap, lane, size_class, slot_len):
    slot = lane.frees[size_class]
    if slot:
        lane.frees[size_class] = heap.load(slot + slot_len - 8)
    return slot


def bump(lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        return 0
    lane.next_addrs[size_class] = slot + slot_len
    return slot


def free(heap, addr, size_class, slot_len):
    with locked(heap) as lane:
        heap.store(addr + slot_len - 8, lane.frees[size_class])
        lane.frees[size_class] = addr
