# fails with: taken(schedule=[0, 1], thread_count=2, making=1) gave [1, 1]; expected [0, 1]. When the schedule is over, thread 0 runs to its end before thread 1 goes on.
def taken(schedule, thread_count, making):
    noted = None
    steps = [0] * thread_count
    result = [None] * thread_count

    def step(thread):
        nonlocal noted
        number = steps[thread]
        steps[thread] += 1
        if number == 0 and noted is not None:
            steps[thread] = making + 2
        elif number == making + 1:
            noted = thread
        elif number == making + 2:
            result[thread] = noted

    for thread in schedule:
        step(thread)
    while min(steps) < making + 3:
        for thread in range(thread_count):
            if steps[thread] < making + 3:
                step(thread)
    return result


def schedule_for(thread_count, made_count):
    return list(range(made_count - 1, -1, -1))
