# fails with: alloc_down(lane, start, 1, 8), with all from end up taken, gave end; expected end - 8. It runs into what is taken: go down by the length before you round.


def alloc_down(lane, start, length, alignment):
    addr = -(-(lane.next_addrs[0] - length) // alignment) * alignment
    if addr < start:
        return 0
    lane.next_addrs[0] = addr
    return addr
