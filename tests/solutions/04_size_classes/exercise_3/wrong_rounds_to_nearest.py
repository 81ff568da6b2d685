# fails with: waste_percent(lengths=[1, 100], slots=[8, 128]) gave 35; expected 34. Round down.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return round(100 * (given - asked) / asked)


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(shortest, slots[-1] + 1), key=share)
