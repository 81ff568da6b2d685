# fails with: worst_length(slots=[16, 32, 64, 128, 256, 512, 1024, 2048], shortest=1) gave 1025; expected 1. It wastes the most bytes, but not the largest share of what it asks for.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // asked


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] - length

    return max(range(shortest, slots[-1] + 1), key=share)
