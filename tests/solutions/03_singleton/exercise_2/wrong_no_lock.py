# fails with: 2 threads, each with the_region(heap, 8192): wrong answer at step 12: 2 regions were made; expected one for all threads


def the_region(heap, region_len):
    lane = heap.lanes[0]
    if lane.next_addrs[0] == 0:
        region = heap.map(region_len, 0)
        if region != 0:
            heap.store(region, region_len)
            lane.next_addrs[0] = region
    return lane.next_addrs[0]
