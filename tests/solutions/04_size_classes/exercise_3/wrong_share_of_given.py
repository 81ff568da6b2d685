# fails with: waste_percent(lengths=[10, 16], slots=[8, 16]) gave 18; expected 23. That is the share of what was given; divide by what was asked for.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // given


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(shortest, slots[-1] + 1), key=share)
