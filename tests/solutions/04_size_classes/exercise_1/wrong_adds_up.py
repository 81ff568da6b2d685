# fails with: slot_size(size_class=2, min_slot=8) gave 24; expected 32. Each class doubles the slot; it does not add min_slot to it.


def slot_size(size_class, min_slot):
    return min_slot * (size_class + 1)


def size_class(length, alignment, min_slot):
    return -(-max(length, alignment) // min_slot) - 1
