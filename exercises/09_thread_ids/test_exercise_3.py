"""Checks of exercise 09.3."""

import random

import pytest

from refalloc.course.expect import compare


def played(events, lane_count, start=lambda thread: 0, keeps=True, shared=False, forgets=False, loses=False):
    """The rule, played; the last arguments make it wrong."""
    taken, has, index, got = set(), {}, {}, []
    for thread, what in events:
        key = "all" if shared else thread
        if what == "unlock":
            taken.discard(has.pop(thread, None))
            if forgets:
                index[key] = 0
            continue
        at = index.get(key, start(thread) % lane_count)
        tried = [(at + step) % lane_count for step in range(lane_count)]
        lane = next((lane for lane in tried if lane not in taken), -1)
        got.append(lane)
        if lane != -1:
            taken.add(lane)
            has[thread] = lane
            if keeps:
                index[key] = lane
        elif loses:
            index[key] = 0
    return got


def expected(events, lane_count):
    return played(events, lane_count)


def wrong(**how):
    return lambda events, lane_count: played(events, lane_count, **how)


def never_round(events, lane_count):
    """Wrong: the search ends at the table's end."""
    taken, has, index, got = set(), {}, {}, []
    for thread, what in events:
        if what == "unlock":
            taken.discard(has.pop(thread, None))
            continue
        lane = next((lane for lane in range(index.get(thread, 0), lane_count) if lane not in taken), -1)
        got.append(lane)
        if lane != -1:
            taken.add(lane)
            has[thread] = index[thread] = lane
    return got


TRAPS = {
    "A thread that got none keeps its index.": wrong(loses=True),
    "Every new thread has index 0, whatever its number.": wrong(start=lambda thread: thread),
    "The index stays where the thread was last, also when lane 0 is free again.": wrong(keeps=False),
    "Each thread has an index of its own.": wrong(shared=True),
    "unlock does not change the index.": wrong(forgets=True),
    "After the last lane comes the first.": never_round,
    "Who gives a lane back makes room in it.": lambda events, lane_count: played(
        [event for event in events if event[1] == "lock"], lane_count
    ),
}


def events_of(text):
    """Events from words: "0+ 1+ 0-"."""
    return [[int(word[:-1]), "lock" if word[-1] == "+" else "unlock"] for word in text.split()]


SMALL = [
    ("0+", 1),
    ("1+", 2),
    ("0+ 0-", 2),
    ("0+ 1+", 2),
    ("0+ 0- 1+", 2),
    ("0+ 1+ 0- 1- 1+", 2),
    ("0+ 1+ 0- 1- 0+", 3),
    ("0+ 1+ 0- 2+", 2),
    ("0+ 1+", 1),
    ("0+ 1+ 0- 1+", 1),
    ("0+ 1+ 1- 2+ 0- 1+", 2),
    ("0+ 1+ 1- 2+ 1+ 0- 2- 1+", 2),
    ("0+ 1+ 2+ 1- 2- 1+ 2+", 4),
    ("0+ 1+ 0- 1- 1+ 0+ 2+", 2),
    ("0+ 1+ 1- 2+ 2- 1+ 2+", 3),
]


@pytest.mark.points(1)
def test_a_few_events(student):
    compare(student.lanes_got, [[events_of(text), lane_count] for text, lane_count in SMALL], expected, TRAPS)


def random_events(draw, thread_count, lane_count, length):
    events, has = [], {}
    for _ in range(length):
        thread = draw.randrange(thread_count)
        events.append([thread, "unlock" if thread in has else "lock"])
        if thread in has:
            del has[thread]
        elif played(events, lane_count)[-1] != -1:
            has[thread] = True
    return events


@pytest.mark.points(1)
def test_many_events(student, edition):
    draw = random.Random(edition.seed)
    sizes = edition("sizes", [(3, 2, 10), (3, 3, 20), (6, 4, 40), (8, 5, 80), (20, 16, 100)])
    rows = [[random_events(draw, *size), size[1]] for size in sizes for _ in range(10)]
    compare(student.lanes_got, rows, expected, TRAPS)
