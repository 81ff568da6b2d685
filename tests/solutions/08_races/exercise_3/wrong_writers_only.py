# fails with: unguarded(events=[[0, 'lock', 'L'], [0, 'write', 'x'], [0, 'unlock', 'L'], [1, 'read', 'x']]) gave []; expected ['x']. Readers need the lock, too: else they read while another is writing.
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
            users.setdefault(thing, set()).add(thread)
            if what == "write":
                written.add(thing)
                guards[thing] = guards.get(thing, mine) & mine
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
