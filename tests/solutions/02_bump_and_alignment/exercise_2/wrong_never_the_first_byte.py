# fails with: alloc_down(lane, start, 200, 8), with all from end up taken, gave 0; expected start. There is room: the block just fits.


def alloc_down(lane, start, length, alignment):
    addr = lane.next_addrs[0] - length
    addr -= addr % alignment
    if addr <= start:
        return 0
    lane.next_addrs[0] = addr
    return addr
