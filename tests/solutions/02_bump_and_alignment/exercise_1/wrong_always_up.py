# fails with: align_up(addr=96, alignment=48) gave 144; expected 96. An address that is a multiple already stays where it is.


def align_up(addr, alignment):
    return (addr // alignment + 1) * alignment


def align_up_at(addr, alignment, offset):
    return align_up(addr + offset, alignment) - offset
