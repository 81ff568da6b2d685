# fails with: first_overlap(log=[['alloc', 0, 10], ['alloc', 8, 10]]) gave -1; expected 1. The new block starts inside a live one, and ends after it.


def first_overlap(log):
    live = []
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            live.remove((addr, length))
        elif any(addr == other for other, other_len in live):
            return number
        else:
            live.append((addr, length))
    return -1
