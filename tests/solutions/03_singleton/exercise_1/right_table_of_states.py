def taken(schedule, thread_count, making):
    position = dict.fromkeys(range(thread_count), 0)
    noted = -1
    result = [-1] * thread_count

    def step(thread):
        nonlocal noted
        place = position[thread]
        position[thread] += 1
        if place == 0 and noted >= 0:
            position[thread] = making + 2
        if place == making + 1:
            noted = thread
        if place == making + 2:
            result[thread] = noted

    for thread in schedule:
        step(thread)
    for thread in range(thread_count):
        while position[thread] < making + 3:
            step(thread)
    return result


def schedule_for(thread_count, made_count):
    if made_count == 1:
        return []
    return [*schedule_for(thread_count, made_count - 1), *([0, 1] if made_count == 2 else [made_count - 1])]
