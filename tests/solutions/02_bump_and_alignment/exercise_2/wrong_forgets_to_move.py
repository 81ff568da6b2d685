# fails with: alloc_down(lane, start, 1, 1), with all from end up taken, gave end - 1, which is right, and left lane.next_addrs[0] at end; it is the lowest address handed out, so end - 1 now.


def alloc_down(lane, start, length, alignment):
    addr = lane.next_addrs[0] - length
    addr -= addr % alignment
    if addr < start:
        return 0
    return addr
