# fails with: free_all of 2 slots, behind the lock: words of memory written: 2 so far; expected at most 1. The links between the slots can be written before anybody else knows of them.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    mine = lock(heap)
    for addr in addrs:
        heap.store(addr + link_offset, mine.frees[size_class])
        mine.frees[size_class] = addr
    heap.unlock(mine)
