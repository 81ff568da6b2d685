# fails with: alloc_down(lane, start, 201, 8), with all from end up taken, gave None; expected 0. Is there a `return` on every path?


def alloc_down(lane, start, length, alignment):
    addr = lane.next_addrs[0] - length
    addr -= addr % alignment
    if addr >= start:
        lane.next_addrs[0] = addr
        return addr
