def slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def size_class(length, alignment, min_slot):
    rounded = -(-length // alignment) * alignment
    number = 0
    while min_slot << number < rounded:
        number += 1
    return number
