from refalloc.heap import Heap


def lanes_got(events, lane_count):
    heap = Heap(lane_count, arena_len=4096)
    indexes = {}
    held = {}
    got = []
    for thread, what in events:
        if what == "unlock":
            heap.unlock(held.pop(thread))
        elif len(held) == lane_count:
            got.append(-1)
        else:
            index = indexes.get(thread, 0)
            while not heap.try_lock(heap.lanes[index]):
                index = (index + 1) % lane_count
            indexes[thread] = index
            held[thread] = heap.lanes[index]
            got.append(index)
    return got
