# fails with: align_up(addr=100, alignment=8) gave 104.0, a float; give an int back (`//` divides without a fraction)
import math


def align_up(addr, alignment):
    return math.ceil(addr / alignment) * float(alignment)


def align_up_at(addr, alignment, offset):
    return align_up(addr + offset, alignment) - offset
