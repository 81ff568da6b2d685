# fails with: lanes_got(events=[[0, 'lock'], [1, 'lock'], [1, 'unlock'], [2, 'lock'], [1, 'lock'], [0, 'unlock'], [2, 'unlock'], [1, 'lock']], lane_count=2) gave [0, 1, 1, -1, 0]; expected [0, 1, 1, -1, 1]. A thread that got none keeps its index.
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
        index[thread] = 0 if lane == -1 else lane
        if lane != -1:
            has[thread] = lane
        got.append(lane)
    return got
