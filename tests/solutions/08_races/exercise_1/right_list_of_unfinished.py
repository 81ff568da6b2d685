def schedules(step_counts, preemptions):
    done = []
    unfinished = [([], list(step_counts), preemptions)]
    while unfinished:
        row, left, allowed = unfinished.pop()
        if sum(left) == 0:
            done.append(row)
            continue
        for thread in range(len(left)):
            if left[thread] == 0:
                continue
            preempts = bool(row) and row[-1] != thread and left[row[-1]] > 0
            if preempts and allowed == 0:
                continue
            after = left.copy()
            after[thread] -= 1
            unfinished.append(([*row, thread], after, allowed - preempts))
    return done
