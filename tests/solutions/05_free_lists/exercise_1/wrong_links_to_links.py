# fails with: After push of slab + 0, class 3, link_offset 8, with 0 in front: lane.frees[3] is slab + 8; expected slab + 0. That is where the link lies; lists go from start of slot to start of slot.


def push(heap, lane, size_class, slot, link_offset):
    link = slot + link_offset
    heap.store(link, lane.frees[size_class])
    lane.frees[size_class] = link


def pop(heap, lane, size_class, link_offset):
    link = lane.frees[size_class]
    if link == 0:
        return 0
    lane.frees[size_class] = heap.load(link)
    return link - link_offset
