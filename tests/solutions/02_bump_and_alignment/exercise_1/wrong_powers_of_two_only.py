# fails with: align_up(addr=96, alignment=48) gave 128; expected 96. That is right for alignments that are powers of two; here they may be any number.


def align_up(addr, alignment):
    return (addr + alignment - 1) & ~(alignment - 1)


def align_up_at(addr, alignment, offset):
    return align_up(addr + offset, alignment) - offset
