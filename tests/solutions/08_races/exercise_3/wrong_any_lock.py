# fails with: unguarded(events=[[0, 'lock', 'L'], [0, 'write', 'x'], [0, 'unlock', 'L'], [1, 'lock', 'M'], [1, 'write', 'x'], [1, 'unlock', 'M']]) gave []; expected ['x']. Each use had a lock, but not the same one: two threads with two locks do not wait for each other.
def unguarded(events):
    held = {}
    guards = {}
    users = {}
    written = set()
    for thread, what, thing in events:
        mine = held.setdefault(thread, set())
        if what == "lock":
            mine.add(thing)
        elif what == "unlock":
            mine.remove(thing)
        else:
            guards[thing] = guards.get(thing, True) and bool(mine)
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
