def count(heap, counters, distance, length):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = index + 1 if index + 1 < len(heap.lanes) else 0
    heap.set_thread_index(index)
    before = heap.load(counters + index * distance)
    heap.store(counters + index * distance, before + length)
    heap.unlock(heap.lanes[index])


def total(heap, counters, distance):
    return from_lane(heap, counters, distance, len(heap.lanes) - 1)


def from_lane(heap, counters, distance, index):
    if index < 0:
        return 0
    if not heap.try_lock(heap.lanes[index]):
        return from_lane(heap, counters, distance, index)
    here = heap.load(counters + index * distance)
    heap.unlock(heap.lanes[index])
    return here + from_lane(heap, counters, distance, index - 1)
