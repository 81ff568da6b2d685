# fails with: waste_percent(lengths=[10, 16], slots=[8, 16]) gave 123; expected 23. That is given in percent of asked, the waste and the 100 percent that were wanted.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * given // asked


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(shortest, slots[-1] + 1), key=share)
