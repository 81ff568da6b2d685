from bisect import bisect_left


def first_harm(calls, slots, page_len):
    def place_of(length):
        """Slots by their number; pages by theirs, below zero."""
        number = bisect_left(slots, length)
        return number if number < len(slots) else -(-length // page_len) * -1 - 1

    latest = {}
    for place, (name, addr, length) in enumerate(calls):
        before = latest.get(addr, ["free"])
        latest[addr] = [name, length]
        if name == "free" and (before[0] == "free" or place_of(before[1]) != place_of(length)):
            return place
    return -1
