# fails with: slot_sizes(min_slot=8, max_slot=32, steps=2) gave [8, 16, 24, 36]; expected [8, 16, 24, 32]. A step has p // steps bytes, with the power of two p below, not the slot before, divided.
def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(slots[-1] // steps, min_slot))
    return slots


def size_class(length, slots):
    return sum(slot < length for slot in slots)
