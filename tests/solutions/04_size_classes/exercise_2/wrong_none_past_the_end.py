# fails with: size_class(length=65, slots=[16, 32, 48, 64]) gave None; expected 4. Is there a `return` on every path?


def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    power = min_slot
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(power // steps, min_slot))
        if slots[-1] == 2 * power:
            power = slots[-1]
    return slots


def size_class(length, slots):
    for place, slot in enumerate(slots):
        if length <= slot:
            return place
