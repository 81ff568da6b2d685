# fails with: 2 threads, each with the_region(heap, 8192): data race at step 4: T1 reads next_addrs[0] of lane 0, which T0 writes; no lock orders the two


def the_region(heap, region_len):
    lane = heap.lanes[0]
    if lane.next_addrs[0] != 0:
        return lane.next_addrs[0]
    while not heap.try_lock(lane):
        pass
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
