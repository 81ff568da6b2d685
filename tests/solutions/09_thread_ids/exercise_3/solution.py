"""Exercise 09.3, explained.

Three things are to be remembered: which lanes are taken, which lane each thread has, and each thread's index. The index
outlives the lock: it says where the thread was last. Nobody hands the indexes out: threads come apart only where they
meet, and a thread that never meets anybody stays in lane 0 for ever.
"""


def lanes_got(events, lane_count):
    index = {}
    has = {}
    got = []
    for thread, what in events:
        if what == "unlock":
            del has[thread]
            continue
        first = index.get(thread, 0)
        round_the_table = [*range(first, lane_count), *range(first)]
        lane = next((lane for lane in round_the_table if lane not in has.values()), -1)
        if lane != -1:
            index[thread] = has[thread] = lane
        got.append(lane)
    return got
