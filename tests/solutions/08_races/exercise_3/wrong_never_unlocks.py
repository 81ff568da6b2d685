# fails with: unguarded(events=[[0, 'lock', 'L'], [0, 'write', 'x'], [0, 'unlock', 'L'], [1, 'lock', 'L'], [1, 'unlock', 'L'], [1, 'write', 'x']]) gave []; expected ['x']. A lock that was given back is not held any more.
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
            pass
        else:
            guards[thing] = guards.get(thing, mine) & mine
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
