# fails with: lanes_got(events=[[0, 'lock'], [1, 'lock'], [0, 'unlock'], [1, 'unlock'], [1, 'lock']], lane_count=2) gave [0, 1, 0]; expected [0, 1, 1]. The index stays where the thread was last, also when lane 0 is free again.
def lanes_got(events, lane_count):
    index = {}
    has = {}
    got = []
    for thread, what in events:
        if what == "unlock":
            del has[thread]
            index[thread] = 0
            continue
        first = index.get(thread, 0)
        round_the_table = [*range(first, lane_count), *range(first)]
        lane = next((lane for lane in round_the_table if lane not in has.values()), -1)
        if lane != -1:
            index[thread] = has[thread] = lane
        got.append(lane)
    return got
