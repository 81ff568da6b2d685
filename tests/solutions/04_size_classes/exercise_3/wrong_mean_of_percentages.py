# fails with: waste_percent(lengths=[10, 16], slots=[8, 16]) gave 30; expected 23. That is the mean of the blocks' own percentages; add up all bytes first, then divide once.
import bisect


def waste_percent(lengths, slots):
    percents = [100 * (slots[bisect.bisect_left(slots, length)] - length) // length for length in lengths]
    return sum(percents) // len(percents)


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(shortest, slots[-1] + 1), key=share)
