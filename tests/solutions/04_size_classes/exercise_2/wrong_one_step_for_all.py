# fails with: slot_sizes(min_slot=8, max_slot=32, steps=1) gave [8, 16, 24, 32]; expected [8, 16, 32]. Steps grow with the power of two that they start from; these are all min_slot long.
import bisect


def slot_sizes(min_slot, max_slot, steps):
    return list(range(min_slot, max_slot + 1, min_slot))


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
