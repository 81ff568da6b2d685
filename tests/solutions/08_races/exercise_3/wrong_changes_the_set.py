# fails with: unguarded(events=[[0, 'lock', 'L'], [0, 'write', 'x'], [0, 'unlock', 'L'], [1, 'lock', 'L'], [1, 'write', 'x'], [1, 'unlock', 'L']]) gave ['x']; expected []. Is it one set that belongs to a thread and to a place? Take a copy, or & which makes a new one.
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
            guards.setdefault(thing, mine).intersection_update(mine)
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
