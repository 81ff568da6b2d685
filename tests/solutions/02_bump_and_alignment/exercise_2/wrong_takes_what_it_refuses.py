# fails with: alloc_down(lane, start, 201, 8), with all from end up taken, gave 0, as it must, but changed lane.next_addrs[0] to start - 8; a block that is not handed out takes nothing.


def alloc_down(lane, start, length, alignment):
    lane.next_addrs[0] -= length
    lane.next_addrs[0] -= lane.next_addrs[0] % alignment
    if lane.next_addrs[0] < start:
        return 0
    return lane.next_addrs[0]
