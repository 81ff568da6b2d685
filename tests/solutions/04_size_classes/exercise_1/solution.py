"""Exercise 04.1, explained.

A slot must be as long as the block and as long as the alignment, so the longer of the two decides, and min_slot when
both are shorter. What is left is to count doublings. (n - 1).bit_length() is the power to which 2 must be raised to
reach n or more: 3 for 5, 6, 7 and 8. Without the - 1, a block of 8 bytes would get a slot of 16.
"""


def slot_size(size_class, min_slot):
    return min_slot << size_class


def size_class(length, alignment, min_slot):
    needed = max(length, alignment, min_slot)
    return (needed - 1).bit_length() - (min_slot - 1).bit_length()
