from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    for addr in addrs:
        lane = lock(heap)
        heap.store(addr + link_offset, lane.frees[size_class])
        lane.frees[size_class] = addr
        heap.unlock(lane)
