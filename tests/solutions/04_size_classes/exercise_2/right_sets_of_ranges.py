def slot_sizes(min_slot, max_slot, steps):
    slots, power = {min_slot, max_slot}, min_slot
    while power < max_slot:
        slots |= set(range(power, 2 * power, max(power // steps, min_slot)))
        power *= 2
    return sorted(slots)


def size_class(length, slots):
    return sum(slot < length for slot in slots)
