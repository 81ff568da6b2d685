# fails with: 2 threads, one with the_region(heap, 8192), one with more than the system has: data race at step 5: T1 writes next_addrs[0] of lane 0, which T0 uses; no lock orders the two. Once the lock is given back, lane.next_addrs[0] is others' to change: return what you read before.


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    if lane.next_addrs[0] == 0:
        region = heap.map(region_len, 0)
        if region != 0:
            heap.store(region, region_len)
            lane.next_addrs[0] = region
    heap.unlock(lane)
    return lane.next_addrs[0]
