# fails with: Slots in lane 0: none; lane 1: 4, thread index 0: the lists are right, and fetch gave None; expected True. Is there a `return` on every path?
from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    mine = lock(heap)
    other = heap.lanes[(mine.index + 1) % len(heap.lanes)]
    while not heap.try_lock(other):
        pass
    mine.frees[size_class] = other.frees[size_class]
    other.frees[size_class] = 0
    heap.unlock(other)
    heap.unlock(mine)
