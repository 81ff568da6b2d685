# fails with: Two threads that free a slot each, 2 lanes: data race at step 5: T0 reads frees[3] of lane 0, which T1 writes; no lock orders the two. The lane that you got need not be the one that your index named before.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr + link_offset, before)
    index = heap.thread_index
    lock(heap)
    lane = heap.lanes[index]
    heap.store(addrs[0] + link_offset, lane.frees[size_class])
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
