import functools


def choose_slots(histogram, slot_count, quantum):
    ends = sorted({(length + quantum - 1) // quantum * quantum for length, _ in histogram})

    def blocks(after, upto):
        return sum(count for length, count in histogram if after < length <= upto)

    weights = {}
    for first in range(len(ends)):
        for last in range(first, len(ends)):
            weights[first, last] = blocks(ends[first - 1] if first else 0, ends[last]) * ends[last]

    @functools.cache
    def best(last, count):
        choices = [(weights[0, last], (ends[last],))]
        if count > 1:
            for cut in range(last):
                cost, slots = best(cut, count - 1)
                choices.append((cost + weights[cut + 1, last], (*slots, ends[last])))
        return min(choices)

    return list(best(len(ends) - 1, slot_count)[1])
