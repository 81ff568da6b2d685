# fails with: 2 threads, each with the_region(heap, 8192): the_region gave 0: expected the address of a region; there was memory for one. A lock that is taken will be given back.


def the_region(heap, region_len):
    lane = heap.lanes[0]
    if not heap.try_lock(lane):
        return lane.next_addrs[0]
    if lane.next_addrs[0] == 0:
        region = heap.map(region_len, 0)
        if region == 0:
            heap.unlock(lane)
            return 0
        heap.store(region, region_len)
        lane.next_addrs[0] = region
    region = lane.next_addrs[0]
    heap.unlock(lane)
    return region
