# fails with: After push of slab + 192, shift 12, with 0 in front: the word in the slot is a plain 0; the last link is protected too.


def push(heap, lane, size_class, slot, shift):
    front = lane.frees[size_class]
    heap.store(slot, front ^ (slot >> shift) if front else 0)
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    link = heap.load(slot)
    if link != 0:
        link ^= slot >> shift
    if link % slot_len != 0:
        return -1
    lane.frees[size_class] = link
    return slot
