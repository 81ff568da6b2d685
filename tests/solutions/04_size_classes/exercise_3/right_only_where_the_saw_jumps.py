def fitting(length, slots):
    return min(slot for slot in slots if slot >= length)


def waste_percent(lengths, slots):
    given = 0
    for length in lengths:
        given += fitting(length, slots)
    return given * 100 // sum(lengths) - 100


def worst_length(slots, shortest):
    jumps = [shortest, *(slot + 1 for slot in slots[:-1] if slot >= shortest)]
    return max(jumps, key=lambda length: fitting(length, slots) / length)
