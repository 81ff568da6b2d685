# fails with: A thread that frees a slot and one that takes one, 1 lane: data race at step 5: T1 reads the word at A+24, which T0 writes; no lock orders the two. Who takes a slot from the list reads its link: write it before the lane is given back.
from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for earlier, later in zip(addrs, addrs[1:], strict=False):
        heap.store(later + link_offset, earlier)
    lane = lock(heap)
    front, lane.frees[size_class] = lane.frees[size_class], addrs[-1]
    heap.unlock(lane)
    heap.store(addrs[0] + link_offset, front)
