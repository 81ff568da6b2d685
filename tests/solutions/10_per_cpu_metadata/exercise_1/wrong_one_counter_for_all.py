# fails with: 3 lanes, thread index 2: after count of 100 the lanes' counters are [100, 0, 0]; expected [0, 0, 100]. Lane i's counter is the word at counters + i * distance.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters
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
