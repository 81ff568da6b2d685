# fails with: Two threads ask for the total, one from lane 0 on and one from lane 1 on: deadlock at step 8: T0 holds lane 0 and waits for lane 1 (held by T1); T1 holds lane 1 and waits for lane 0 (held by T0). Have one lane at a time, or take all in one order: each has what the other waits for.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found, count = 0, len(heap.lanes)
    order = [(heap.thread_index + step) % count for step in range(count)]
    for index in order:
        lane = heap.lanes[index]
        while not heap.try_lock(lane):
            pass
        found += heap.load(counters + index * distance)
    for lane in heap.lanes:
        heap.unlock(lane)
    return found
