# fails with: pop on an empty list gave None; expected 0. Is there a `return` on every path?


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + link_offset)
        return slot
