"""Exercise 09.2, explained.

The index names the lane that a thread tries first. lock may get another one, and changes the index then. So what counts
is what lock returns; T0 had lane 1 locked and worked on lane 0, which T1 had. (And line 7 unlocked a lane of T1's.)

The slots that we give back are ours alone until they are in the list. So we link them to each other before we lock.
Behind the lock one link is left to be written, from the first slot to what was the front, and then the front. If there
are no slots there is nothing to do, and nothing to lock.
"""

from refalloc.allocator import lock


def free_all(heap, addrs, size_class, link_offset):
    if not addrs:
        return
    for addr, before in zip(addrs[1:], addrs, strict=False):
        heap.store(addr + link_offset, before)
    lane = lock(heap)
    heap.store(addrs[0] + link_offset, lane.frees[size_class])
    lane.frees[size_class] = addrs[-1]
    heap.unlock(lane)
