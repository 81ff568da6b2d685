# fails with: unguarded(events=[[0, 'read', 'x'], [1, 'read', 'x']]) gave ['x']; expected []. What everybody reads and nobody writes needs no lock.
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
            guards[thing] = guards.get(thing, mine) & mine
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
    return sorted(place for place in users if len(users[place]) > 1 and not guards[place])
