# fails with: the first call gave the region's address, but lane.next_addrs[0] is another; the next thread looks there.
region = 0


def the_region(heap, region_len):
    global region
    while not heap.try_lock(heap.lanes[0]):
        pass
    if region == 0:
        region = heap.map(region_len, 0)
        heap.store(region, region_len)
    heap.unlock(heap.lanes[0])
    return region
