# fails with: Slots in lane 0: none; lane 1: 4, 2, 7, thread index 0: the lists are then lane 0: 4; lane 1: 2, 7; expected lane 0: 4, 2, 7; lane 1: none. The whole list of one lane is fetched, and nothing else.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, lane_count):
        other = heap.lanes[(start + step) % lane_count]
        if heap.try_lock(other):
            front = other.frees[size_class]
            if front != 0:
                other.frees[size_class] = heap.load(front + link_offset)
            heap.unlock(other)
            if front != 0:
                break
    if front == 0:
        return False

    last = front

    mine = lock(heap)
    heap.store(last + link_offset, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
    return True
