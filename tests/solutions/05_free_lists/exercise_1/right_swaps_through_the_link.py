def push(heap, lane, size_class, slot, link_offset):
    frees = lane.frees
    front, frees[size_class] = frees[size_class], slot
    heap.store(slot | link_offset, front)  # a slot is at a multiple of its length, so | adds


def pop(heap, lane, size_class, link_offset):
    if not (slot := lane.frees[size_class]):
        return 0
    lane.frees[size_class] = heap.load(slot | link_offset)
    return slot
