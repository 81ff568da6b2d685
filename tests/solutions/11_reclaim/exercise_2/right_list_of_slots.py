from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    lanes, index = heap.lanes, heap.thread_index
    slots = []
    for other in list(lanes[index + 1 :]) + list(lanes[:index]):
        if slots or not heap.try_lock(other):
            continue
        front = other.frees[size_class]
        if front:
            other.frees[size_class] = 0
        heap.unlock(other)
        while front:
            slots.append(front)
            front = heap.load(front + link_offset)
    if slots:
        mine = lock(heap)
        heap.store(slots[-1] + link_offset, mine.frees[size_class])
        mine.frees[size_class] = slots[0]
        heap.unlock(mine)
    return len(slots) > 0
