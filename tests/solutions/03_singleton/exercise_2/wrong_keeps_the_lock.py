# fails with: the second call returned, and its lock is still taken: nobody else will ever get it.


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    if lane.next_addrs[0] != 0:
        return lane.next_addrs[0]
    region = heap.map(region_len, 0)
    if region != 0:
        heap.store(region, region_len)
        lane.next_addrs[0] = region
    heap.unlock(lane)
    return region
