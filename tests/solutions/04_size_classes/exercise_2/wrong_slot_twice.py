# fails with: slot_sizes(min_slot=8, max_slot=32, steps=1) gave [8, 16, 16, 32]; expected [8, 16, 32]. Each slot stands in the list once.
import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = []
    power = min_slot
    while power < max_slot:
        slots += range(power, 2 * power + 1, max(power // steps, min_slot))
        power *= 2
    return slots


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
