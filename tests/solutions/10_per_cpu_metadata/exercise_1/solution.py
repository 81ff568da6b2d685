"""Exercise 10.1, explained.

lock gives the lane that the thread got, which need not be the one that its index named before; so the number comes from
the lane. From the load to the store the lock is held, or else another thread that gets the same lane would lose an
update. Nobody else touches that word: counting costs nothing that the thread would not do anyway to take a slot.

total needs every lane, not any: it waits for each in turn, and has one at a time. While it waits for lane 1, lane 0 may
count on, so it says what had been counted at some moment between its beginning and its end. For a figure that is good
enough, and nobody is kept from work. The kernel counts like this, too: include/linux/percpu_counter.h.
"""

from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found = 0
    for index, lane in enumerate(heap.lanes):
        while not heap.try_lock(lane):
            pass
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    return found
