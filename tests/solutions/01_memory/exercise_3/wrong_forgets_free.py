# fails with: first_overlap(log=[['alloc', 0, 8], ['free', 0, 8], ['alloc', 0, 8]]) gave 2; expected -1. A block that was given back has no bytes any more: they may be handed out again.


def first_overlap(log):
    live = []
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            continue
        elif any(addr < other + other_len and other < addr + length for other, other_len in live):
            return number
        else:
            live.append((addr, length))
    return -1
