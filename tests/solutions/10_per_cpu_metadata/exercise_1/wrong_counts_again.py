# fails with: 1 lane, thread index 0: after count of 8 the lanes' counters are [8]; expected [108]. What the counter said before still counts.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found = 0
    for index, lane in enumerate(heap.lanes):
        while not heap.try_lock(lane):
            pass
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    return found
