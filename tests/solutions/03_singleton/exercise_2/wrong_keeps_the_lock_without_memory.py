# fails with: the first call, for more than the system has, returned, and its lock is still taken: nobody else will ever get it.


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    if lane.next_addrs[0] == 0:
        region = heap.map(region_len, 0)
        if region == 0:
            return 0
        heap.store(region, region_len)
        lane.next_addrs[0] = region
    region = lane.next_addrs[0]
    heap.unlock(lane)
    return region
