import bisect


def first_overlap(log):
    live = []  # (start, end), sorted; none overlap, so only the neighbours can reach a new block
    for number, (what, addr, length) in enumerate(log):
        block = (addr, addr + length)
        place = bisect.bisect_left(live, block)
        if what == "free":
            live.pop(place)
            continue
        if place > 0 and live[place - 1][1] > addr:
            return number
        if place < len(live) and live[place][0] < block[1]:
            return number
        live.insert(place, block)
    return -1
