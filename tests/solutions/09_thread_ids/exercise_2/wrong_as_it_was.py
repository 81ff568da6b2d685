# fails with: Two threads that free a slot each, 2 lanes: data race at step 5: T0 reads frees[3] of lane 0, which T1 writes; no lock orders the two. The lane that you got need not be the one that your index named before.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    mine = heap.lanes[heap.thread_index]
    lock(heap)
    for addr in addrs:
        heap.store(addr + link_offset, mine.frees[size_class])
        mine.frees[size_class] = addr
    heap.unlock(mine)
