# fails with: first_overlap(log=[]) gave None; expected -1. Is there a `return` on every path?


def first_overlap(log):
    live = []
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            live.remove((addr, length))
        elif any(addr < other + other_len and other < addr + length for other, other_len in live):
            return number
        else:
            live.append((addr, length))
    return None
