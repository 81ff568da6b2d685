# fails with: size_class(length=1, alignment=1, min_slot=8) gave -3; expected 0. Lengths below min_slot belong to class 0: no class comes before it.


def slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def size_class(length, alignment, min_slot):
    return (length - 1).bit_length() - (min_slot - 1).bit_length()
