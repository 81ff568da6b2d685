# fails with: align_up_at(addr=105, alignment=16, offset=8) gave 104; expected 120. That is below addr, where another block lies.


def align_up(addr, alignment):
    return -(-addr // alignment) * alignment


def align_up_at(addr, alignment, offset):
    return align_up(addr, alignment) - offset % alignment
