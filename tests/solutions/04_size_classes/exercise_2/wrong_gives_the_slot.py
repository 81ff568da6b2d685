# fails with: size_class(length=1, slots=[16, 32, 48, 64]) gave 16; expected 0. That is the slot; its place in the list is wanted.
def slot_sizes(min_slot, max_slot, steps):
    slots, power = {min_slot, max_slot}, min_slot
    while power < max_slot:
        slots |= set(range(power, 2 * power, max(power // steps, min_slot)))
        power *= 2
    return sorted(slots)


def size_class(length, slots):
    return next((slot for slot in slots if slot >= length), len(slots))
