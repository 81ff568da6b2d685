# fails with: One thread frees 0 slots, 1 slot in the list before: lock kept at step 2: T0 ended with lane 0 still locked. Give the lane back on every path.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr + link_offset, before)
    lane = lock(heap)
    if not addrs:
        return
    heap.store(addrs[0] + link_offset, lane.frees[size_class])
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
