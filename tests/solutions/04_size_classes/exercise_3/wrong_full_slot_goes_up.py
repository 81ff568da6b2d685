# fails with: waste_percent(lengths=[16], slots=[16, 32]) gave 100; expected 0. A length that fills a slot needs no larger one.
import bisect


def waste_percent(lengths, slots):
    given = 0
    for length in lengths:
        for slot in slots:
            if length < slot:
                given += slot
                break
        else:
            given += slots[-1]
    return 100 * (given - sum(lengths)) // sum(lengths)


def worst_length(slots, shortest):
    def share(length):
        return slots[bisect.bisect_left(slots, length)] / length

    return max(range(shortest, slots[-1] + 1), key=share)
