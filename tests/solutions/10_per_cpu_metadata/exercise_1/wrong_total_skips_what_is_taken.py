# fails with: The counters say 100, 24, and T0 has lane 0 for a while: wrong answer at step 7: total(heap, counters, distance) gave 24; expected 124. A lane that is taken is waited for: what it has counted is part of the total.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found = 0
    for index, lane in enumerate(heap.lanes):
        if not heap.try_lock(lane):
            continue
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    return found
