# fails with: align_up(addr=100, alignment=8) gave 96; expected 104. That is below addr, where another block lies: round up.


def align_up(addr, alignment):
    return addr - addr % alignment


def align_up_at(addr, alignment, offset):
    return align_up(addr + offset, alignment) - offset
