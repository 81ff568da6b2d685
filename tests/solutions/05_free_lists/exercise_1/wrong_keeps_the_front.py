# fails with: pop from class 0, link_offset 0, with slab + 16 in front: lane.frees[0] is then slab + 16; expected slab + 0. That slot was just handed out: the next to ask would get it too.


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    return lane.frees[size_class]
