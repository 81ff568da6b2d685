# fails with: Slots in lane 0: 1; lane 1: 4, 2, thread index 0: the lists are then lane 0: 4, 2; lane 1: none; expected lane 0: 4, 2, 1; lane 1: none. Slots are lost: the last link, link_offset bytes into its slot, leads on to what was there before.
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
    while heap.load(last) != 0:
        last = heap.load(last)

    mine = lock(heap)
    heap.store(last, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
    return True
