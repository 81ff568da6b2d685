def alloc(heap, lane, start, end, length, alignment):
    padding = -lane.next_addrs[0] % alignment
    room = end - lane.next_addrs[0]
    if padding + length <= room:
        lane.next_addrs[0] += padding + length
        heap.store(start, 1 + heap.load(start))
        return lane.next_addrs[0] - length
    return 0


def free(heap, lane, start, addr, length):
    in_use = heap.load(start)
    if in_use == 1:
        next_addr = start + 8
    elif lane.next_addrs[0] - length == addr:
        next_addr = addr
    else:
        next_addr = lane.next_addrs[0]
    lane.next_addrs[0] = next_addr
    heap.store(start, in_use - 1)
