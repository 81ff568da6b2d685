# fails with: first_overlap(log=[['alloc', 0, 10], ['alloc', 8, 10]]) gave 2; expected 1. Events are numbered from 0.
def first_overlap(log):
    taken = set()
    for number, (what, addr, length) in enumerate(log, 1):
        block = set(range(addr, addr + length))
        if what == "free":
            taken -= block
        elif taken & block:
            return number
        else:
            taken |= block
    return -1
