"""Exercise 03.1, explained.

We keep for each thread which step comes next, and play the program: look, make, note, take. What matters is that
`noted` is read at two moments, at the look and at the take, and that others may write it between the two.

A thread makes an allocator when it looks before the first one is noted. So to make a given number, let that many
threads look first. Then one of them runs to its end: from its note on, whoever looks finds it. When the schedule is
over, thread 0 runs on first, and notes its own before any other has a chance to look.
"""


def taken(schedule, thread_count, making):
    to_end = [thread for thread in range(thread_count) for _ in range(making + 3)]
    steps = [["look"] for _ in range(thread_count)]
    noted, result = None, [None] * thread_count
    for thread in [*schedule, *to_end]:
        if not steps[thread]:
            continue  # has ended
        step = steps[thread].pop(0)
        if step == "look":
            steps[thread] = ["take"] if noted is not None else [*["make"] * making, "note", "take"]
        elif step == "note":
            noted = thread
        elif step == "take":
            result[thread] = noted
    return result


def schedule_for(thread_count, made_count):
    return list(range(made_count))
