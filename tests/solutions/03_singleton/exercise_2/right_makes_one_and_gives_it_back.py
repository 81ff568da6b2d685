def the_region(heap, region_len):
    made = heap.map(region_len, 0)
    if made:
        heap.store(made, region_len)
    lane = heap.lanes[0]
    while True:
        if heap.try_lock(lane):
            break
    region = lane.next_addrs[0]
    if region == 0:
        lane.next_addrs[0] = region = made
        made = 0
    heap.unlock(lane)
    if made:
        heap.unmap(made, region_len)
    return region
