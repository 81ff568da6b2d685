def change_count(heap, start, step):
    count = heap.load(start) + step
    heap.store(start, count)
    return count


def alloc(heap, lane, start, end, length, alignment):
    change_count(heap, start, 1)
    for addr in range(lane.next_addrs[0], end - length + 1):
        if addr % alignment == 0:
            lane.next_addrs[0] = addr + length
            return addr
    change_count(heap, start, -1)
    return 0


def free(heap, lane, start, addr, length):
    tops = {addr + length: addr}
    lane.next_addrs[0] = tops.get(lane.next_addrs[0], lane.next_addrs[0])
    if not change_count(heap, start, -1):
        lane.next_addrs[0] = start + 8
