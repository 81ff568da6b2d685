# fails with: the_region(heap=heap, region_len=1099511627776) raised MemoryFault: store at 0x0: the null address, 0, means none; access only what map returned and unmap has not taken back


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    if lane.next_addrs[0] == 0:
        lane.next_addrs[0] = heap.map(region_len, 0)
        heap.store(lane.next_addrs[0], region_len)
    region = lane.next_addrs[0]
    heap.unlock(lane)
    return region
