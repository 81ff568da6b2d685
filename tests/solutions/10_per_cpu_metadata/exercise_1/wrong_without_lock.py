# fails with: 3 lanes, lane 1 taken, thread index 1: after count of 100 the lanes' counters are [0, 100, 0]; expected [0, 0, 100]. The lane that you got need not be the one that your index named before.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = heap.lanes[heap.thread_index]
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)


def total(heap, counters, distance):
    found = 0
    for index, lane in enumerate(heap.lanes):
        while not heap.try_lock(lane):
            pass
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    return found
