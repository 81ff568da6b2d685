# fails with: free_all(heap=heap, addrs=[], size_class=3, link_offset=24) raised IndexError: list index out of range
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr + link_offset, before)
    lane = lock(heap)
    heap.store(addrs[0] + link_offset, lane.frees[size_class])
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
