def align_up(addr, alignment):
    return addr + -addr % alignment


def align_up_at(addr, alignment, offset):
    return addr + (alignment - (addr + offset) % alignment) % alignment
