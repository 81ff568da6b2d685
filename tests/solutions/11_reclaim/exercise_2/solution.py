"""Exercise 11.2, explained.

The two threads each held what the other waited for. That needs three things at once: to hold a lane, to wait for
another while holding it, and a circle. Take away any of them. Here nothing is held while something else is asked for:
the list is taken out of its lane with two accesses, a read and a write of its front, and the lane is given back.

From then on the slots are known to this thread alone, and it may walk along them for as long as it likes. At the end it
takes a lane, hooks the end of the chain to what hangs there, and hangs the chain up by its front: one word of memory is
written. Other threads are kept out for a few steps each time, however long the list is.
"""

from refalloc.allocator import lock


def fetch(heap, size_class, link_offset):
    start, lane_count = heap.thread_index, len(heap.lanes)
    front = 0
    for step in range(1, lane_count):
        other = heap.lanes[(start + step) % lane_count]
        if heap.try_lock(other):
            front = other.frees[size_class]
            other.frees[size_class] = 0
            heap.unlock(other)
            if front != 0:
                break
    if front == 0:
        return False

    last = front
    while heap.load(last + link_offset) != 0:
        last = heap.load(last + link_offset)

    mine = lock(heap)
    heap.store(last + link_offset, mine.frees[size_class])
    mine.frees[size_class] = front
    heap.unlock(mine)
    return True
