def unguarded(events):
    numbers = {}
    held = {}
    masks = {}
    users = {}
    writers = {}
    for thread, what, thing in events:
        if what in ("lock", "unlock"):
            bit = 1 << numbers.setdefault(thing, len(numbers))
            held[thread] = held.get(thread, 0) ^ bit
            continue
        masks[thing] = masks.get(thing, -1) & held.get(thread, 0)
        users[thing] = users.get(thing, 0) | 1 << thread
        writers[thing] = writers.get(thing, 0) + (what == "write")
    return sorted(p for p in masks if masks[p] == 0 and writers[p] and users[p] & (users[p] - 1))
