# fails with: size_class(length=9, alignment=1, min_slot=8) gave 0; expected 1. That slot is too short: the block would run into its neighbour.


def slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def size_class(length, alignment, min_slot):
    return max(max(length, alignment).bit_length() - min_slot.bit_length(), 0)
