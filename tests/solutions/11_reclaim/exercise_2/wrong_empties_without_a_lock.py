# fails with: T0 fetches from lane 0 and T1 from lane 1, slots in lane 0: 1; lane 1: 2: data race at step 7: T0 reads frees[3] of lane 0, which T1 writes; no lock orders the two. A lane's list is read and written behind its lock.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, lane_count):
        other = heap.lanes[(start + step) % lane_count]
        if heap.try_lock(other):
            front = other.frees[size_class]
            heap.unlock(other)
            other.frees[size_class] = 0
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
