# fails with: Slots in lane 0: none; lane 1: none; lane 2: 5, 6, thread index 0: the lists are then lane 0: none; lane 1: none; lane 2: 5, 6; expected lane 0: 5, 6; lane 1: none; lane 2: none. The first lane that has a free slot may be further on, or be behind one that is taken.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, min(lane_count, 2)):
        other = heap.lanes[(start + step) % lane_count]
        if heap.try_lock(other):
            front = other.frees[size_class]
            other.frees[size_class] = 0
            heap.unlock(other)
            if front != 0:
                break
    if front == 0:
        return False

    last = front
    while heap.load(last + link_offset) != 0:
        last = heap.load(last + link_offset)

    mine = lock(heap)
    heap.store(last + link_offset, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
    return True
