# fails with: waste_percent(lengths=[10, 16], slots=[8, 16]) gave 0; expected 23. Multiply by 100 before you divide: // leaves nothing of a share below 1.
def waste_percent(lengths, slots):
    given = sum(min(slot for slot in slots if slot >= length) for length in lengths)
    return (given - sum(lengths)) // sum(lengths) * 100


def worst_length(slots, shortest):
    def share(length):
        slot = min(slot for slot in slots if slot >= length)
        return (slot - length) / slot

    return max(range(shortest, slots[-1] + 1), key=share)
