# fails with: After push of slab + 24, class 0, link_offset 0, with slab + 0 in front: lane.frees[0] is slab + 0; expected slab + 24. The slot that was pushed comes first.


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, 0)
    last = lane.frees[size_class]
    if last == 0:
        lane.frees[size_class] = slot
        return
    while heap.load(last + link_offset) != 0:
        last = heap.load(last + link_offset)
    heap.store(last + link_offset, slot)


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + link_offset)
    return slot
