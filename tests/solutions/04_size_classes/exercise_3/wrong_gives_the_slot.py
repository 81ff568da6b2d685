# fails with: worst_length(slots=[16, 32, 48, 64], shortest=16) gave 32; expected 17. That is its slot; the length is wanted.
def waste_percent(lengths, slots):
    given = sum(min(slot for slot in slots if slot >= length) for length in lengths)
    return 100 * given // sum(lengths) - 100


def worst_length(slots, shortest):
    def share(length):
        slot = min(slot for slot in slots if slot >= length)
        return (slot - length) / slot

    worst = max(range(shortest, slots[-1] + 1), key=share)
    return min(slot for slot in slots if slot >= worst)
