def lanes_got(events, lane_count):
    free = (1 << lane_count) - 1
    place = {}
    got = []
    for thread, what in events:
        at = place.get(thread, 0)
        if what == "unlock":
            free |= 1 << at
        elif free == 0:
            got.append(-1)
        else:
            ahead = free >> at << at or free
            place[thread] = (ahead & -ahead).bit_length() - 1
            free ^= 1 << place[thread]
            got.append(place[thread])
    return got
