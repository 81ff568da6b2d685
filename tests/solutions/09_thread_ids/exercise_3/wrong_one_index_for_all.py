# fails with: lanes_got(events=[[0, 'lock'], [1, 'lock'], [0, 'unlock'], [1, 'unlock'], [0, 'lock']], lane_count=3) gave [0, 1, 1]; expected [0, 1, 0]. Each thread has an index of its own.
def lanes_got(events, lane_count):
    index = {"all": 0}
    has = {}
    got = []
    for thread, what in events:
        if what == "unlock":
            del has[thread]
            continue
        first = index["all"]
        round_the_table = [*range(first, lane_count), *range(first)]
        lane = next((lane for lane in round_the_table if lane not in has.values()), -1)
        if lane != -1:
            index["all"] = has[thread] = lane
        got.append(lane)
    return got
