# fails with: taken(schedule=[0, 1, 1, 1, 0, 0], thread_count=2, making=1) gave [0, 1]; expected [0, 0]. A thread takes what is noted at its last step: another may have noted its own by then.


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
            noted = result[thread] = thread
        elif step == "take":
            result[thread] = noted if result[thread] is None else result[thread]
    return result


def schedule_for(thread_count, made_count):
    return list(range(made_count))
