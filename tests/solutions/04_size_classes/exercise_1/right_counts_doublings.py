def slot_size(size_class, min_slot):
    for _ in range(size_class):
        min_slot += min_slot
    return min_slot


def size_class(length, alignment, min_slot):
    if slot_size(0, min_slot) >= length and min_slot >= alignment:
        return 0
    return 1 + size_class(length, alignment, 2 * min_slot)
