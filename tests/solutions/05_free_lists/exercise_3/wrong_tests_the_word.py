# fails with: pop with slab + 128 in front, shift 12, gave -1; expected slab + 128. Every link here is in order, once it is unprotected.


def push(heap, lane, size_class, slot, shift):
    heap.store(slot, lane.frees[size_class] ^ (slot >> shift))
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    if heap.load(slot) % slot_len != 0:
        return -1
    lane.frees[size_class] = heap.load(slot) ^ (slot >> shift)
    return slot
