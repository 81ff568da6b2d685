# fails with: first_overlap(log=[['alloc', 8, 10], ['alloc', 0, 10]]) gave -1; expected 1. The new block starts before a live one, and reaches into it.


def first_overlap(log):
    live = []
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            live.remove((addr, length))
        elif any(other <= addr < other + other_len for other, other_len in live):
            return number
        else:
            live.append((addr, length))
    return -1
