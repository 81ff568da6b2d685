# fails with: worst_length(slots=[16, 32, 48, 64], shortest=16) gave 1; expected 17. It is shorter than `shortest`.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // asked


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(1, slots[-1] + 1), key=share)
