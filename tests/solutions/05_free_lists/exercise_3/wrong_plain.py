# fails with: After push of slab + 64, shift 12, with slab + 192 in front: the word in the slot is the plain link.


def push(heap, lane, size_class, slot, shift):
    heap.store(slot, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot:
        if heap.load(slot) % slot_len:
            return -1
        lane.frees[size_class] = heap.load(slot)
    return slot
