# fails with: Slots in lane 0: none; lane 1: 4, thread index 0: fetch reads and writes more than one word of memory while it holds lane 0. Look for the end of the chain before you take the lane, when nobody else knows of it.
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

    mine = lock(heap)
    last = front
    while heap.load(last + link_offset) != 0:
        last = heap.load(last + link_offset)
    heap.store(last + link_offset, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
    return True
