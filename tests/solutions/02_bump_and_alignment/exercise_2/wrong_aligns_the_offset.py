# fails with: alloc_down(lane, start, 1, 16), with all from end up taken, gave end - 8; expected end - 16. That is no multiple of 16: round after you have gone down by the length.


def alloc_down(lane, start, length, alignment):
    offset = lane.next_addrs[0] - start - length
    offset -= offset % alignment
    if offset < 0:
        return 0
    lane.next_addrs[0] = start + offset
    return start + offset
