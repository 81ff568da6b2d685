def either(one, other):
    return (one | other) - (one & other)


def push(heap, lane, size_class, slot, shift):
    link = either(slot // 2**shift, lane.frees[size_class])
    lane.frees[size_class] = slot
    heap.store(slot, link)


def pop(heap, lane, size_class, shift, slot_len):
    if lane.frees[size_class]:
        slot = lane.frees[size_class]
        link = either(slot // 2**shift, heap.load(slot))
        if link & (slot_len - 1):
            return -1
        lane.frees[size_class] = link
        return slot
    return 0
