# fails with: alloc_down(lane, start, 1, 8), with all from end up taken, gave end - 1; expected end - 8. That is no multiple of 8: round after you have gone down by the length.


def alloc_down(lane, start, length, alignment):
    addr = lane.next_addrs[0]
    addr -= addr % alignment
    addr -= length
    if addr < start:
        return 0
    lane.next_addrs[0] = addr
    return addr
