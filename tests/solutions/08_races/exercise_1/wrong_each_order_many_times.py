# fails with: schedules([2, 1], 3) gave [0, 0, 1] twice; expected each schedule once.
from itertools import pairwise, permutations


def schedules(step_counts, preemptions):
    steps = [thread for thread, count in enumerate(step_counts) for _ in range(count)]
    found = []
    for row in permutations(steps):
        switches = sum(a != b and a in row[place:] for place, (a, b) in enumerate(pairwise(row), start=1))
        if switches <= preemptions:
            found.append(list(row))
    return found
