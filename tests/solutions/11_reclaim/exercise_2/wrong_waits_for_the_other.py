# fails with: Slots in lane 0: none; lane 1: 4; lane 2: 5, thread index 0, lane 1 taken: livelock at step 3: T0 waits for lane 1 (held by prepare). A lane that is taken is passed over.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, lane_count):
        other = heap.lanes[(start + step) % lane_count]
        while not heap.try_lock(other):
            pass
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
