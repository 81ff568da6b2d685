# fails with: unguarded(events=[[0, 'lock', 'L'], [0, 'write', 'x'], [1, 'write', 'x'], [0, 'unlock', 'L']]) gave []; expected ['x']. A lock that another thread holds does not help the one that uses the place.
def unguarded(events):
    held = {}
    guards = {}
    users = {}
    written = set()
    for thread, what, thing in events:
        mine = held.setdefault("all", set())
        if what == "lock":
            mine.add(thing)
        elif what == "unlock":
            mine.discard(thing)
        else:
            guards[thing] = guards.get(thing, mine) & mine
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
