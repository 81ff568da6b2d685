# fails with: Slots in lane 0: none; lane 1: 4, thread index 0: the lists are right, and fetch gave None; expected True. Is there a `return` on every path?
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
        return

    last = front
    while heap.load(last + link_offset) != 0:
        last = heap.load(last + link_offset)

    mine = lock(heap)
    heap.store(last + link_offset, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
