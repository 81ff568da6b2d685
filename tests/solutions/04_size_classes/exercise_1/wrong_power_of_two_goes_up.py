# fails with: size_class(length=8, alignment=1, min_slot=8) gave 1; expected 0. A length that is a power of two fills its slot: it needs no larger one.


def slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def size_class(length, alignment, min_slot):
    return max(max(length, alignment).bit_length() - min_slot.bit_length() + 1, 0)
