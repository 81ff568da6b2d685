def align_up(addr, alignment):
    return align_up_at(addr, alignment, 0)


def align_up_at(addr, alignment, offset):
    while (addr + offset) % alignment != 0:
        addr += 1
    return addr
