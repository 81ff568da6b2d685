import operator


def protected(slot, link, shift):
    return operator.xor(link, slot >> shift)


def push(heap, lane, size_class, slot, shift):
    heap.store(slot, protected(slot, lane.frees[size_class], shift))
    lane.frees.__setitem__(size_class, slot)


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    link = protected(slot, heap.load(slot), shift) if slot else 0
    if link // slot_len * slot_len == link:
        lane.frees[size_class] = link
        return slot
    return -1
