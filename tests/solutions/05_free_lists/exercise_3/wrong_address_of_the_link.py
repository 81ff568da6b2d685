# fails with: After push of slab + 4480, shift 12, with slab + 64 in front: the link was combined with its own address; take the slot that it is written to.


def push(heap, lane, size_class, slot, shift):
    front = lane.frees[size_class]
    heap.store(slot, front ^ (front >> shift))
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    word = link = heap.load(slot)
    for _ in range(64 // shift):
        link = word ^ (link >> shift)
    if link % slot_len != 0:
        return -1
    lane.frees[size_class] = link
    return slot
