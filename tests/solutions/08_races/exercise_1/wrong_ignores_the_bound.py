# fails with: schedules([2, 1], 0) gave [0, 1, 0], which has more than 0: 1.
def schedules(step_counts, preemptions):
    def going_on(left, last, allowed):
        if not any(left):
            return [[]]
        found = []
        for thread, steps in enumerate(left):
            if steps == 0:
                continue
            cost = 1 if last is not None and thread != last and left[last] > 0 else 0
            if True:
                rest = [*left[:thread], steps - 1, *left[thread + 1 :]]
                found += [[thread, *tail] for tail in going_on(rest, thread, allowed - cost)]
        return found

    return going_on(step_counts, None, preemptions)
