# fails with: slot_size(size_class=0, min_slot=8) gave 8.0, a float; give an int back (`//` divides without a fraction)
import math


def slot_size(size_class, min_slot):
    return math.pow(2, size_class) * min_slot


def size_class(length, alignment, min_slot):
    return math.ceil(math.log2(max(length, alignment, min_slot))) - math.log2(min_slot)
