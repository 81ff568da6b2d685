def alloc_down(lane, start, length, alignment):
    addr = (lane.next_addrs[0] - length) & -alignment
    fits = addr >= start
    lane.next_addrs[0] = addr if fits else lane.next_addrs[0]
    return addr * fits
