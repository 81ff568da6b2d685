# fails with: unguarded(events=[[0, 'write', 'x']]) gave ['x']; expected []. A place that one thread alone uses needs no lock.
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
    return sorted(place for place in written if not guards[place])
