"""Exercise 08.3, explained.

For each place we keep the locks that were held at every use so far: at its first use, all that the thread holds; at
each later use, only those of them that it holds now, too. What is left at the end guards the place. Only locks of the
thread that uses the place count, so we keep apart what each thread holds.

Such a test convicts a program by a run in which nothing went wrong. It also convicts some that are right: a place that
one thread fills before it starts the others needs no lock then. The explorer of this package asks another question, and
never convicts a right one: is there something that puts the two uses in order? (C. Flanagan and S. N. Freund,
FastTrack, PLDI 2009.)
"""


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
    return sorted(place for place in written if len(users[place]) > 1 and not guards[place])
