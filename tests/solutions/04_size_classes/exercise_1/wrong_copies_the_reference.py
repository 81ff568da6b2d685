# fails with: slot_size(size_class=0, min_slot=16) gave 8; expected 16. Class 0 has slots of min_slot bytes, whatever min_slot is.
from refalloc import allocator


def slot_size(size_class, min_slot):
    return allocator.slot_size(size_class)


def size_class(length, alignment, min_slot):
    return allocator.size_class_index(length, alignment.bit_length() - 1)
