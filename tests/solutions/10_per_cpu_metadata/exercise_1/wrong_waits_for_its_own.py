# fails with: 3 lanes, lane 1 taken, thread index 1: livelock at step 3: T0 waits for lane 1 (held by prepare). Any lane will do: where one is taken, the next one may be free.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = heap.lanes[heap.thread_index]
    while not heap.try_lock(lane):
        pass
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
