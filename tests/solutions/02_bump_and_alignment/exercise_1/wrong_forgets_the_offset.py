# fails with: align_up_at(addr=100, alignment=16, offset=8) gave 112; expected 104. That address is itself a multiple; it is the address plus the offset that must be one.


def align_up(addr, alignment):
    return -(-addr // alignment) * alignment


def align_up_at(addr, alignment, offset):
    return align_up(addr, alignment)
