# fails with: pop from class 0, link_offset 0, with slab + 16 in front gave slab + 0; expected slab + 16. That is the next slot; the front is to be handed out.


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot == 0:
        return 0
    following = heap.load(slot + link_offset)
    lane.frees[size_class] = heap.load(following + link_offset) if following else 0
    return following
