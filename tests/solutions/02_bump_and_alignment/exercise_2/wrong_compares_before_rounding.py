# fails with: alloc_down(lane, start, 199, 16), with all from end up taken, gave start - 8; expected 0. It fits before it is rounded down to a multiple of 16, and then not any more.


def alloc_down(lane, start, length, alignment):
    if lane.next_addrs[0] - length < start:
        return 0
    addr = lane.next_addrs[0] - length
    addr -= addr % alignment
    lane.next_addrs[0] = addr
    return addr
