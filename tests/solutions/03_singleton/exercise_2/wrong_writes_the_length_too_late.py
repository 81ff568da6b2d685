# fails with: 2 threads, each with the_region(heap, 8192): the_region gave A: the first word of the region is 0 then; expected 8192


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    made = lane.next_addrs[0] == 0
    if made:
        lane.next_addrs[0] = heap.map(region_len, 0)
    region = lane.next_addrs[0]
    heap.unlock(lane)
    if made and region != 0:
        heap.store(region, region_len)
    return region
