from contextlib import contextmanager

from refalloc.allocator import lock


def others(heap):
    count = len(heap.lanes)
    at = heap.thread_index
    for _ in range(count - 1):
        at = (at + 1) % count
        yield heap.lanes[at]


@contextmanager
def giving_back(heap, lane):
    yield lane
    heap.unlock(lane)


def take_all(heap, size_class):
    for lane in others(heap):
        if not heap.try_lock(lane):
            continue
        with giving_back(heap, lane):
            found, lane.frees[size_class] = lane.frees[size_class], 0
        if found:
            return found
    return None


def fetch(heap, size_class, link_offset):
    chain = take_all(heap, size_class)
    if chain is None:
        return False
    end = chain + link_offset
    while following := heap.load(end):
        end = following + link_offset
    with giving_back(heap, lock(heap)) as mine:
        rest, mine.frees[size_class] = mine.frees[size_class], chain
        heap.store(end, rest)
    return True
