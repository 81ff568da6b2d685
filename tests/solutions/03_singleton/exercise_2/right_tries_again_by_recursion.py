def the_region(heap, region_len):
    lane = heap.lanes[0]
    if not heap.try_lock(lane):
        return the_region(heap, region_len)
    try:
        return lane.next_addrs[0] or make(heap, lane, region_len)
    finally:
        heap.unlock(lane)


def make(heap, lane, region_len):
    lane.next_addrs[0] = heap.map(region_len, 0)
    if lane.next_addrs[0]:
        heap.store(lane.next_addrs[0], region_len)
    return lane.next_addrs[0]
