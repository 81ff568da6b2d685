# fails with: After push of slab + 0, class 3, link_offset 8, with 0 in front: the link, 8 bytes into the slot, is 12297829382473034410, no address near slab; expected 0. Nothing was written there: the link belongs link_offset bytes into the slot.


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot)
    return slot
