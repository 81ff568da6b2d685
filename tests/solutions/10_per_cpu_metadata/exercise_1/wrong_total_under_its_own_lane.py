# fails with: The counters say 0, thread index 0: deadlock at step 4: T0 holds lane 0 and waits for lane 0 (held by itself). Is a lane asked for again by the one who has it?
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found = 0
    mine = lock(heap)
    for index, lane in enumerate(heap.lanes):
        while not heap.try_lock(lane):
            pass
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    heap.unlock(mine)
    return found
