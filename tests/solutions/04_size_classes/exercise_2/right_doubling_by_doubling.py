def slot_sizes(min_slot, max_slot, steps):
    def from_power(power):
        if power == max_slot:
            return []
        step = max(power // steps, min_slot)
        return [*range(power + step, 2 * power + 1, step), *from_power(2 * power)]

    return [min_slot, *from_power(min_slot)]


def size_class(length, slots):
    for place, slot in enumerate(slots):
        if length <= slot:
            return place
    return len(slots)
