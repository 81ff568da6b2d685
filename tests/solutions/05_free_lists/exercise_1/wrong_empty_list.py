# fails with: pop(heap=heap, lane=<lane 0, free>, size_class=0, link_offset=0) raised MemoryFault: load at 0x0: the null address, 0, means none; access only what map returned and unmap has not taken back


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    lane.frees[size_class] = heap.load(slot + link_offset)
    return slot
