# fails with: Slots in lane 0: none; lane 1: 4, thread index 0: fetch holds lane 0 and lane 1 at once. Take the list out of the one, unlock it, and then go to the other.
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    mine = lock(heap)
    count = len(heap.lanes)
    for step in range(1, count):
        other = heap.lanes[(mine.index + step) % count]
        if not heap.try_lock(other):
            continue
        front = last = other.frees[size_class]
        if front != 0:
            while heap.load(last + link_offset) != 0:
                last = heap.load(last + link_offset)
            heap.store(last + link_offset, mine.frees[size_class])
            mine.frees[size_class] = front
            other.frees[size_class] = 0
        heap.unlock(other)
        if front != 0:
            heap.unlock(mine)
            return True
    heap.unlock(mine)
    return False
