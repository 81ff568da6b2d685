# fails with: what perl asked for, with 12 slots: yours give 1,179,168 bytes; powers of two, as many of them, give 1,179,168. Where do most of the blocks lie?


def choose_slots(histogram, slot_count, quantum):
    longest = histogram[-1][0]
    slots = [quantum]
    while slots[-1] < longest:
        slots.append(2 * slots[-1])
    return slots[-slot_count:]
