# fails with: One thread frees 1 slot, 1 slot in the list before: wrong answer at step 3: the list is then slab + 0; expected slab + 0, slab + 192: the links lie link_offset bytes into the slots, and lead on to what was in front before
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr, before)
    lane = lock(heap)
    heap.store(addrs[0], lane.frees[size_class])
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
