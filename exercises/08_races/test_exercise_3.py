"""Checks of exercise 08.3."""

import random

import pytest

from refalloc.course.expect import compare


def events_of(text):
    """Events from words: "0 lock L, 0 write x"."""
    found = []
    for event in text.split(", "):
        thread, what, thing = event.split()
        found.append([int(thread), what, thing])
    return found


def locks_held(events):
    """(thread, what, place, frozenset of the locks that the thread held) of each use."""
    held = {}
    for thread, what, thing in events:
        locks = held.setdefault(thread, set())
        if what == "lock":
            locks.add(thing)
        elif what == "unlock":
            locks.discard(thing)
        else:
            yield thread, what, thing, frozenset(locks)


def places_of(events):
    return sorted({place for _, _, place, _ in locks_held(events)})


def is_shared(uses):
    return len({use[0] for use in uses}) > 1 and any(use[1] == "write" for use in uses)


def found_by(is_guarded, shared=is_shared):
    """An answer to the exercise: the shared places whose uses `is_guarded` refuses."""

    def unguarded(events):
        uses = list(locks_held(events))
        by_place = {place: [use for use in uses if use[2] == place] for place in places_of(events)}
        return [place for place, ones in by_place.items() if shared(ones) and not is_guarded(ones)]

    return unguarded


def one_lock_at_all(uses):
    return bool(frozenset.intersection(*(use[3] for use in uses)))


def some_lock_at_each(uses):
    return all(use[3] for use in uses)


expected = found_by(one_lock_at_all)


def held_by_anyone(events):
    """Wrong: takes a lock for held by whoever uses a place."""
    held, seen = set(), {}
    for thread, what, thing in events:
        if what == "lock":
            held.add(thing)
        elif what == "unlock":
            held.discard(thing)
        else:
            seen.setdefault(thing, []).append((thread, what, thing, frozenset(held)))
    return sorted(place for place, uses in seen.items() if is_shared(uses) and not one_lock_at_all(uses))


def aliased(events):
    """Wrong: the locks of a place are the very set of the thread that used it first, and both change together."""
    held, guards, uses = {}, {}, {}
    for thread, what, thing in events:
        locks = held.setdefault(thread, set())
        if what == "lock":
            locks.add(thing)
        elif what == "unlock":
            locks.discard(thing)
        else:
            guards.setdefault(thing, locks).intersection_update(locks)
            uses.setdefault(thing, []).append((thread, what))
    return sorted(place for place in uses if is_shared(uses[place]) and not guards[place])


def named(events):
    """`expected`, with the parameter's name as learners see it."""
    return expected(events)


TRAPS = {
    "Each use had a lock, but not the same one: two threads with two locks do not wait for each other.": found_by(
        some_lock_at_each
    ),
    "A place that one thread alone uses needs no lock.": found_by(
        one_lock_at_all, lambda uses: any(use[1] == "write" for use in uses)
    ),
    "What everybody reads and nobody writes needs no lock.": found_by(
        one_lock_at_all, lambda uses: len({use[0] for use in uses}) > 1
    ),
    "A lock that another thread holds does not help the one that uses the place.": held_by_anyone,
    "Readers need the lock, too: else they read while another is writing.": found_by(
        lambda uses: one_lock_at_all([use for use in uses if use[1] == "write"])
    ),
    "Every use counts, not the last alone.": found_by(lambda uses: bool(uses[-1][3])),
    "A lock that was given back is not held any more.": lambda events: expected(
        [event for event in events if event[1] != "unlock"]
    ),
    "Is it one set that belongs to a thread and to a place? Take a copy, or & which makes a new one.": aliased,
}

SMALL = [
    "0 write x",
    "0 write x, 1 write x",
    "0 read x, 1 read x",
    "0 read x, 1 write x",
    "0 lock L, 0 write x, 0 unlock L, 1 lock L, 1 write x, 1 unlock L",
    "0 lock L, 0 write x, 0 unlock L, 1 write x",
    "0 lock L, 0 write x, 1 write x, 0 unlock L",
    "0 lock L, 0 write x, 0 unlock L, 1 lock L, 1 unlock L, 1 write x",
    "0 lock L, 0 write x, 0 unlock L, 1 read x",
    "0 lock L, 0 write x, 0 unlock L, 1 lock M, 1 write x, 1 unlock M",
    "0 lock L, 0 lock M, 0 write x, 0 unlock M, 0 unlock L, 1 lock M, 1 write x, 1 unlock M",
    "0 lock L, 0 lock M, 0 write x, 0 unlock L, 0 write x, 0 unlock M, 1 lock L, 1 read x, 1 unlock L",
    "0 write y, 1 write y, 0 write x, 1 read x, 1 read z",
    "0 write x, 1 lock L, 1 write x, 1 unlock L, 0 lock L, 0 write x, 0 unlock L",
]


@pytest.mark.points(1)
def test_runs_of_a_few_events(student):
    compare(student.unguarded, [[events_of(text)] for text in SMALL], named, TRAPS)


def random_run(draw, length):
    """Events of three threads that lock and unlock at will, though no lock that another has."""
    events, holder = [], {}
    for _ in range(length):
        thread = draw.randrange(3)
        mine = sorted(lock for lock, who in holder.items() if who == thread)
        free = sorted({"L", "M"} - {*holder})
        kind = draw.random()
        if kind < 0.3 and free:
            lock = draw.choice(free)
            holder[lock] = thread
            events.append([thread, "lock", lock])
        elif kind < 0.5 and mine:
            lock = draw.choice(mine)
            del holder[lock]
            events.append([thread, "unlock", lock])
        else:
            # Most uses are with the lock that goes with the place, or some places would never be guarded.
            allowed = {"L": ["x", "v"], "M": ["y", "w"]}
            places = [place for lock in mine for place in allowed[lock]] or [
                f"own{thread}",
                *"xyzvw"[: draw.randrange(6)],
            ]
            events.append([thread, draw.choice(["read", "read", "write"]), draw.choice(places)])
    return events


@pytest.mark.points(1)
def test_long_runs(student, edition):
    draw = random.Random(edition.seed)
    rows = [[random_run(draw, length)] for length in (6, 10, 20, 40, 80) for _ in range(20)]
    assert any(expected(events) for (events,) in rows)
    compare(student.unguarded, rows, named, TRAPS)
