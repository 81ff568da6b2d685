def first_overlap(log):
    taken = 0
    for number, (what, addr, length) in enumerate(log):
        block = ((1 << length) - 1) << addr
        if what == "free":
            taken ^= block
        elif taken & block:
            return number
        else:
            taken |= block
    return -1
