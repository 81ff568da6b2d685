# fails with: Something overwrote the link in slab + 576, which now leads to no multiple of 64. After pop, shift 12, lane.frees[3] is slab + 136; expected slab + 576. When pop gives -1, lane.frees must be as it was.


def push(heap, lane, size_class, slot, shift):
    heap.store(slot, lane.frees[size_class] ^ (slot >> shift))
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    lane.frees[size_class] = heap.load(slot) ^ (slot >> shift)
    if lane.frees[size_class] % slot_len != 0:
        return -1
    return slot
