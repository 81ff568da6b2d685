# fails with: taken(schedule=[0, 1], thread_count=2, making=1) gave [0, 0]; expected [0, 1]. The first to look is not the only one to make: others look before it has noted its own.


def taken(schedule, thread_count, making):
    first = schedule[0] if schedule else 0
    return [first] * thread_count


def schedule_for(thread_count, made_count):
    return list(range(made_count))
