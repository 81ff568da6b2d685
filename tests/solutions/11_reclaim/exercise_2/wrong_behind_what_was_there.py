# fails with: Slots in lane 0: 1; lane 1: 4, 2, thread index 0: the lists are then lane 0: 1, 4, 2; lane 1: none; expected lane 0: 4, 2, 1; lane 1: none. What is fetched comes in front, in its order.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, lane_count):
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
    end = mine.frees[size_class]
    if end == 0:
        mine.frees[size_class] = front
    else:
        while heap.load(end + link_offset) != 0:
            end = heap.load(end + link_offset)
        heap.store(end + link_offset, front)
    heap.unlock(mine)
    return True
