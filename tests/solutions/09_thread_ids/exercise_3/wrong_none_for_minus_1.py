# fails with: lanes_got(events=[[0, 'lock'], [1, 'lock']], lane_count=1) gave [0, None]; expected [0, -1].
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
        lane = next((lane for lane in round_the_table if lane not in has.values()), None)
        if lane is not None:
            index[thread] = has[thread] = lane
        got.append(lane)
    return got
