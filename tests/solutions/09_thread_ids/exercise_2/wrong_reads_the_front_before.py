# fails with: Two threads that free a slot each, 1 lane: data race at step 4: T1 reads frees[3] of lane 0, which T0 writes; no lock orders the two. The front of a list may change until you have the lane's lock.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr + link_offset, before)
    heap.store(addrs[0] + link_offset, heap.lanes[heap.thread_index].frees[size_class])
    lane = lock(heap)
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
