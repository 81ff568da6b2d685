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
    for thread in range(thread_count):
        while steps[thread] < making + 3:
            step(thread)
    return result


def schedule_for(thread_count, made_count):
    return list(range(made_count - 1, -1, -1))
