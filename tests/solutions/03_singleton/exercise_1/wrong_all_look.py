# fails with: schedule_for(2, 1) gave [0, 1]; with making 1 that makes 2, not 1. Those that are to make none must look after one is noted.


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
    return list(range(thread_count))
