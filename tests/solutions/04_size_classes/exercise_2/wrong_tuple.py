# fails with: slot_sizes(min_slot=8, max_slot=16, steps=1) gave (8, 16), a tuple; give a list back
import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = (min_slot,)
    power = min_slot
    while slots[-1] < max_slot:
        slots += (slots[-1] + max(power // steps, min_slot),)
        if slots[-1] == 2 * power:
            power = slots[-1]
    return slots


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
