from itertools import pairwise, permutations


def schedules(step_counts, preemptions):
    steps = [thread for thread, count in enumerate(step_counts) for _ in range(count)]
    found = []
    for row in sorted(set(permutations(steps))) if len(steps) < 9 else sorted(orders(steps)):
        count = 0
        for place, (thread, following) in enumerate(pairwise(row), start=1):
            if thread != following and thread in row[place:]:
                count += 1
        if count <= preemptions:
            found.append(list(row))
    return found


def orders(steps):
    if not steps:
        return {()}
    return {(thread, *rest) for thread in set(steps) for rest in orders(without(steps, thread))}


def without(steps, thread):
    place = steps.index(thread)
    return steps[:place] + steps[place + 1 :]
