# fails with: schedules([1, 1], 2) lacks [0, 1]. It has 0 preemptions: at most 2 are wanted, not exactly as many.
def schedules(step_counts, preemptions):
    def going_on(left, last, allowed):
        if not any(left):
            return [[]] if allowed == 0 else []
        found = []
        for thread, steps in enumerate(left):
            if steps == 0:
                continue
            cost = 1 if last is not None and thread != last and left[last] > 0 else 0
            if cost <= allowed:
                rest = [*left[:thread], steps - 1, *left[thread + 1 :]]
                found += [[thread, *tail] for tail in going_on(rest, thread, allowed - cost)]
        return found

    return going_on(step_counts, None, preemptions)
