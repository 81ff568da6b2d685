# fails with: schedule_for(2, 2) gave [0, 0, 0, 1, 1, 1]; its entry 5 moves thread 1, which has ended. With making 1, a thread that finds an allocator has two steps. Leave out what need not be said: the threads run on by themselves.


def taken(schedule, thread_count, making):
    to_end = [thread for thread in range(thread_count) for _ in range(making + 3)]
    steps = [["look"] for _ in range(thread_count)]
    noted, result = None, [None] * thread_count
    for thread in [*schedule, *to_end]:
        if not steps[thread]:
            continue
        step = steps[thread].pop(0)
        if step == "look":
            steps[thread] = ["take"] if noted is not None else [*["make"] * making, "note", "take"]
        elif step == "note":
            noted = thread
        elif step == "take":
            result[thread] = noted
    return result


def schedule_for(thread_count, made_count):
    return [thread for thread in range(made_count) for _ in range(3)]
