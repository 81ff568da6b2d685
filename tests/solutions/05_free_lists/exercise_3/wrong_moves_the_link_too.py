# fails with: After push of slab + 64, shift 12, with slab + 192 in front: the link was moved down too; only the slot's address is: link ^ (slot >> shift).
def push(heap, lane, size_class, slot, shift):
    heap.store(slot, (lane.frees[size_class] ^ slot) >> shift)
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, shift, slot_len):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    link = heap.load(slot) ^ slot >> shift
    if link & slot_len - 1:
        return -1
    lane.frees[size_class] = link
    return slot
