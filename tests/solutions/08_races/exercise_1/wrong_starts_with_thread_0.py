# fails with: schedules([1, 1], 0) lacks [1, 0]. Any thread may take the first step.
def schedules(step_counts, preemptions):
    def going_on(left, last, allowed):
        if not any(left):
            return [[]]
        found = []
        for thread, steps in enumerate(left):
            if steps == 0:
                continue
            cost = 1 if thread != (last or 0) and left[last or 0] > 0 else 0
            if cost <= allowed:
                rest = [*left[:thread], steps - 1, *left[thread + 1 :]]
                found += [[thread, *tail] for tail in going_on(rest, thread, allowed - cost)]
        return found

    return going_on(step_counts, None, preemptions)
