from contextlib import contextmanager

from refalloc import allocator


@contextmanager
def held(heap, *lanes):
    for lane in lanes:
        while not heap.try_lock(lane):
            continue
    yield
    for lane in reversed(lanes):
        heap.unlock(lane)


def count(heap, counters, distance, length):
    lane = allocator.lock(heap)
    try:
        place = counters + distance * heap.thread_index
        heap.store(place, length + heap.load(place))
    finally:
        heap.unlock(lane)


def total(heap, counters, distance):
    with held(heap, *heap.lanes):
        return sum(map(heap.load, range(counters, counters + distance * len(heap.lanes), distance)))
