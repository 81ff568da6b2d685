# fails with: slot_sizes(min_slot=8, max_slot=16, steps=1) gave [8]; expected [8, 16]. max_slot is the last slot, and it is missing.
import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = []
    slot = power = min_slot
    while slot < max_slot:
        slots.append(slot)
        slot += max(power // steps, min_slot)
        if slot == 2 * power:
            power = slot
    return slots


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
