# fails with: T0 counts 100 and 8, T1 asks for the total twice, 2 lanes: data race at step 5: T1 reads the word at A, which T0 writes; no lock orders the two. A lane's counter may be loaded and stored only by the one who holds the lock of this very lane.
from refalloc.allocator import lock


def count(heap, counters, distance, length):
    lane = lock(heap)
    counter = counters + lane.index * distance
    heap.store(counter, heap.load(counter) + length)
    heap.unlock(lane)


def total(heap, counters, distance):
    found = 0
    for index, lane in enumerate(heap.lanes):
        lane = lock(heap)
        found += heap.load(counters + index * distance)
        heap.unlock(lane)
    return found
