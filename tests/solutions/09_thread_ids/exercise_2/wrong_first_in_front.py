# fails with: One thread frees 2 slots, 0 slots in the list before: wrong answer at step 3: the list is then slab + 0, slab + 64; expected slab + 64, slab + 0: the last of them is in front
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for addr, before in zip(addrs, addrs[1:], strict=False):
        heap.store(addr + link_offset, before)
    lane = lock(heap)
    heap.store(addrs[-1] + link_offset, lane.frees[size_class])
    lane.frees[size_class] = addrs[0]
    heap.unlock(lane)
