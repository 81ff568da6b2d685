# fails with: slot_sizes(min_slot=8, max_slot=16, steps=1) gave [8, 16, 32]; expected [8, 16]. max_slot is the last slot; the list goes past it.
def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    while slots[-1] <= max_slot:
        power = 1 << slots[-1].bit_length() - 1
        slots.append(slots[-1] + max(power // steps, min_slot))
    return slots


def size_class(length, slots):
    return sum(slot < length for slot in slots)
