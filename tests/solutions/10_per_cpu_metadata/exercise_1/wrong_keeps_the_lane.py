# fails with: 1 lane, thread index 0: count returned with lane 0 locked. Give each lane back that you took.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
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
