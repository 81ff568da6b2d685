def get(number, the, making):
    yield
    if the["allocator"] is None:
        for _ in range(making):
            yield
        yield
        the["allocator"] = number
    yield
    the[number] = the["allocator"]


def taken(schedule, thread_count, making):
    the = {"allocator": None}
    threads = [get(number, the, making) for number in range(thread_count)]
    for thread in threads:
        next(thread)
    for number in schedule:
        next(threads[number], None)
    for thread in threads:
        for _ in thread:
            pass
    return [the[number] for number in range(thread_count)]


def schedule_for(thread_count, made_count):
    return list(reversed(range(made_count)))
