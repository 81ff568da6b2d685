# fails with: lanes_got(events=[[1, 'lock']], lane_count=2) gave [1]; expected [0]. Every new thread has index 0, whatever its number.
def lanes_got(events, lane_count):
    index = {}
    has = {}
    got = []
    for thread, what in events:
        if what == "unlock":
            del has[thread]
            continue
        first = index.get(thread, thread) % lane_count
        round_the_table = [*range(first, lane_count), *range(first)]
        lane = next((lane for lane in round_the_table if lane not in has.values()), -1)
        if lane != -1:
            index[thread] = has[thread] = lane
        got.append(lane)
    return got
