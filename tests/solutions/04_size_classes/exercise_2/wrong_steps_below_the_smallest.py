# fails with: slot_sizes(min_slot=8, max_slot=16, steps=2) gave [8, 12, 16]; expected [8, 16]. A step is never shorter than min_slot.
import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    power = min_slot
    while power < max_slot:
        slots += [power + power * step // steps for step in range(1, steps + 1)]
        power *= 2
    return sorted(set(slots))


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
