# fails with: Something overwrote the link in slab + 576, which now leads to no multiple of 64. pop, shift 12, gave slab + 576; expected -1. That slot was handed out, and the list goes on at a wrong place.


def push(heap, lane, size_class, slot, shift):
    heap.store(slot, lane.frees[size_class] ^ (slot >> shift))
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    link = heap.load(slot) ^ (slot >> shift)
    if link % 8 != 0:
        return -1
    lane.frees[size_class] = link
    return slot
