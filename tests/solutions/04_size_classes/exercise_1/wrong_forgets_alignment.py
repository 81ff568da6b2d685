# fails with: size_class(length=1, alignment=16, min_slot=8) gave 0; expected 1. The slot holds the length, but it need not lie at a multiple of the alignment.


def slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def size_class(length, alignment, min_slot):
    return (max(length, min_slot) - 1).bit_length() - (min_slot - 1).bit_length()
