# fails with: worst_length(slots=[10, 22], shortest=5) gave 11; expected 5. It is not the shortest of those that waste that share.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // asked


def worst_length(slots, shortest):
    worst, worst_share = 0, 0
    for length in range(shortest, slots[-1] + 1):
        share = slots[bisect.bisect_left(slots, length)] / length
        if share >= worst_share:
            worst, worst_share = length, share
    return worst
