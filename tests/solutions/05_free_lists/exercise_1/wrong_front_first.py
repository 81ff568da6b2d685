# fails with: After push of slab + 0, class 0, link_offset 0, with 0 in front: the link, 0 bytes into the slot, is slab + 0; expected 0. The slot leads to itself; what was the front before you changed it?


def push(heap, lane, size_class, slot, link_offset):
    lane.frees[size_class] = slot
    heap.store(slot + link_offset, lane.frees[size_class])


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + link_offset)
    return slot
