# fails with: first_overlap(log=[['alloc', 0, 8], ['alloc', 8, 8]]) gave 1; expected -1. Those two blocks only touch: one ends where the other starts, and no byte belongs to both.


def first_overlap(log):
    live = []
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            live.remove((addr, length))
        elif any(addr <= other + other_len and other <= addr + length for other, other_len in live):
            return number
        else:
            live.append((addr, length))
    return -1
