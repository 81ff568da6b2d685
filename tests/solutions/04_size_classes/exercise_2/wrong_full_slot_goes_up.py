# fails with: size_class(length=16, slots=[16, 32, 48, 64]) gave 1; expected 0. A length that fills a slot needs no larger one.
import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    power = min_slot
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(power // steps, min_slot))
        if slots[-1] == 2 * power:
            power = slots[-1]
    return slots


def size_class(length, slots):
    return bisect.bisect_right(slots, length)
