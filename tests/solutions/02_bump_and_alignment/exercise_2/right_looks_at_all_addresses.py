def alloc_down(lane, start, length, alignment):
    candidates = range(lane.next_addrs[0] - length, start - 1, -1)
    for addr in candidates:
        if addr % alignment == 0:
            lane.next_addrs[0] = addr
            return addr
    return 0
