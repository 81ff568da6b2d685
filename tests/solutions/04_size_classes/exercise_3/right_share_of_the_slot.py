def waste_percent(lengths, slots):
    given = sum(min(slot for slot in slots if slot >= length) for length in lengths)
    return 100 * given // sum(lengths) - 100


def worst_length(slots, shortest):
    def share(length):
        slot = min(slot for slot in slots if slot >= length)
        return (slot - length) / slot

    return max(range(shortest, slots[-1] + 1), key=share)
