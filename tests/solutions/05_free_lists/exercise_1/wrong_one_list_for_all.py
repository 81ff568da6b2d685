# fails with: After push of slab + 0, class 3, link_offset 0, with 0 in front: lane.frees[3] is 0; expected slab + 0. The slot that was pushed comes first.


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[0])
    lane.frees[0] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[0]
    if slot != 0:
        lane.frees[0] = heap.load(slot + link_offset)
    return slot
