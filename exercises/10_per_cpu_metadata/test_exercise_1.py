"""Checks of exercise 10.1: one thread alone, then simulated ones in every order."""

import pytest

from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.threads import require_safe
from refalloc.schedule import Atomic

BEHIND_ITS_LOCK = "A lane's counter may be loaded and stored only by the one who holds the lock of this very lane."
COUNT_TRAPS = {
    "Any lane will do: where one is taken, the next one may be free.": "waits for",
    BEHIND_ITS_LOCK: "the word at",
}
TOTAL_TRAPS = {
    "Is a lane asked for again by the one who has it?": "held by itself",
    "Have one lane at a time, or take all in one order: each has what the other waits for.": "deadlock",
    BEHIND_ITS_LOCK: "the word at",
}
TABLE_LEN = 4096  # bytes


class Knobs:
    def __init__(self, edition, student):
        self.distance = edition("distance", 64)
        self.student = student

    def count(self, thread, length):
        self.student.count(thread.heap, thread.prepared, self.distance, length)
        require_free(thread.heap, "count")

    def total(self, thread):
        got = self.student.total(thread.heap, thread.prepared, self.distance)
        require_free(thread.heap, "total")
        if type(got) is not int:
            require("total(heap, counters, distance) gave", got, 0)
        return got

    def counted(self, heap, counters):
        """What each lane's counter says."""
        return [heap.load(counters + lane.index * self.distance) for lane in heap.lanes]

    def prepare(self, *values):
        """A program that makes the counters."""

        def make(thread):
            counters = thread.heap.map(TABLE_LEN, 16)
            for index, value in enumerate(values):
                thread.heap.store(counters + index * self.distance, value)
            return counters

        return make


def require_free(heap, name):
    """Stop if the call left a lane locked by the one who called it."""
    held = [lane.index for lane in heap.lanes if lane.holder is not None and lane.holder == heap.thread]
    if held:
        raise WrongAnswerError(f"{name} returned with lane {held[0]} locked. Give each lane back that you took.")


@pytest.mark.points(1)
def test_one_thread_counts_in_the_lane_that_it_gets(student, edition):
    knobs = Knobs(edition, student)
    for lane_count, own, taken, want in ((1, 0, (), 0), (2, 0, (), 0), (3, 2, (), 2), (3, 1, (1,), 2), (2, 1, (1,), 0)):

        def lock_some(thread, taken=taken, lane_count=lane_count):
            for index in taken:
                thread.heap.try_lock(thread.heap.lanes[index])
            return knobs.prepare(*[0] * lane_count)(thread)

        def in_lane(lane, value, lane_count=lane_count):
            return [value if index == lane else 0 for index in range(lane_count)]

        def counts(thread, own=own, want=want, in_lane=in_lane, lane_count=lane_count):
            thread.heap.set_thread_index(own)
            expected = [0] * lane_count
            for length in (100, 8):
                knobs.count(thread, length)
                expected[want] += length
                traps = {
                    "What the counter said before still counts.": in_lane(want, length),
                    "The lane that you got need not be the one that your index named before.": in_lane(own, length),
                    "Lane i's counter is the word at counters + i * distance.": in_lane(0, length),
                }
                got = knobs.counted(thread.heap, thread.prepared)
                require(f"after count of {length} the lanes' counters are", got, expected, traps=traps)

        held = f", lane {taken[0]} taken" if taken else ""
        story = f"{lane_count} lane{'s' * (lane_count > 1)}{held}, thread index {own}"
        require_safe(story, [counts], None, COUNT_TRAPS, lock_some, lane_count=lane_count)


@pytest.mark.points(1)
def test_threads_count_in_every_order(student, edition):
    knobs = Knobs(edition, student)
    has = Atomic(lane=0)  # 1: T0 has one; 2: T1 has counted

    def holds_lane_0(thread):
        assert thread.heap.try_lock(thread.heap.lanes[0])  # it is the first
        has.lane = 1
        while has.lane == 1:
            pass
        thread.heap.unlock(thread.heap.lanes[0])

    def counts(thread):
        while has.lane == 0:
            pass
        knobs.count(thread, 24)
        has.lane = 2

    story = "T0 holds lane 0 of 2 until T1 has counted"
    require_safe(story, [holds_lane_0, counts], None, COUNT_TRAPS, knobs.prepare(0, 0), lane_count=2)

    def counts_twice(thread):
        knobs.count(thread, 100)
        knobs.count(thread, 8)

    def nothing_lost(run):
        got = sum(knobs.counted(run.heap, run.prepared))
        return got == 216 or f"216 bytes were counted, and the counters say {got} together"

    for lane_count in (1, 2):
        story = f"Two threads that count twice, {lane_count} lane{'s' * (lane_count > 1)}"
        prepare = knobs.prepare(*[0] * lane_count)
        require_safe(story, [counts_twice, counts_twice], nothing_lost, COUNT_TRAPS, prepare, lane_count=lane_count)


@pytest.mark.points(1)
def test_the_total_of_all_lanes(student, edition):
    knobs = Knobs(edition, student)
    for values in ((0,), (24,), (3, 5), (0, 7, 1 << 40)):
        for own in range(len(values)):

            def totals(thread, own=own, values=values):
                thread.heap.set_thread_index(own)
                traps = {"The counters of all lanes belong to it.": values[own]} if len(values) > 1 else {}
                require("total(heap, counters, distance) gave", knobs.total(thread), sum(values), traps=traps)

            story = f"The counters say {', '.join(map(str, values))}, thread index {own}"
            require_safe(story, [totals], None, TOTAL_TRAPS, knobs.prepare(*values), lane_count=len(values))

    def holds_lane_0(thread):
        while not thread.heap.try_lock(thread.heap.lanes[0]):
            pass
        thread.heap.unlock(thread.heap.lanes[0])

    def is_124(run):
        got = run.results[1]
        traps = {"A lane that is taken is waited for: what it has counted is part of the total.": 24}
        require("total(heap, counters, distance) gave", got, 124, traps=traps)

    story = "The counters say 100, 24, and T0 has lane 0 for a while"
    require_safe(story, [holds_lane_0, knobs.total], is_124, TOTAL_TRAPS, knobs.prepare(100, 24), lane_count=2)

    def counts(thread):
        for length in (100, 8):
            knobs.count(thread, length)

    def totals_twice(thread):
        return [knobs.total(thread), knobs.total(thread)]

    def at_some_moment(run):
        seen = [run.results[1]] if type(run.results[1]) is int else run.results[1]
        if any(got not in (0, 100, 108) for got in seen) or seen != sorted(seen):
            return (
                f"total gave {' and then '.join(map(str, seen))} while 100 and then 8 were counted: no moment had that"
            )
        return None

    for lane_count in (1, 2):
        told = f"{lane_count} lane{'s' * (lane_count > 1)}"
        story = f"T0 counts 100 and 8, T1 asks for the total twice, {told}"
        prepare = knobs.prepare(*[0] * lane_count)
        require_safe(story, [counts, totals_twice], at_some_moment, TOTAL_TRAPS, prepare, lane_count=lane_count)
        story = f"Two threads ask for the total, one from lane 0 on and one from lane {lane_count - 1} on"

        def from_the_last(thread, last=lane_count - 1):
            thread.heap.set_thread_index(last)
            return knobs.total(thread)

        require_safe(story, [knobs.total, from_the_last], None, TOTAL_TRAPS, prepare, lane_count=lane_count)
