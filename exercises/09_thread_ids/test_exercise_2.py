"""Checks of exercise 09.2: one thread alone, simulated ones in every order, and what is done behind the lock."""

import pytest

from refalloc.allocator import lock
from refalloc.course.expect import WrongAnswerError, place, require
from refalloc.course.threads import require_safe
from refalloc.schedule import replay
from refalloc.trace.events import Kind

TRAPS = {
    "Who takes a slot from the list reads its link: write it before the lane is given back.": "the word at",
    "The front of a list may change until you have the lane's lock.": "reads frees",
    "A lane's list is read and written behind its lock.": "writes frees",
    "The slots in the list must lead on to those that were in it before.": "of them are",
    "Give the lane back on every path.": "still locked",
    "Unlock the lane that you have locked.": "which is not locked",
}


class Knobs:
    def __init__(self, edition):
        self.size_class = edition("size_class", 3)
        self.link_offset = edition("link_offset", 24)
        self.slot_len = 8 << self.size_class

    def slots(self, slab, numbers):
        return [slab + number * self.slot_len for number in numbers]

    def free_all(self, student, heap, addrs):
        student.free_all(heap, addrs, self.size_class, self.link_offset)

    def listed(self, heap):
        """The slots in each lane's list, in its order; of a list that comes back to itself, each once."""
        lists = []
        for lane in heap.lanes:
            walk, addr = [], lane.frees[self.size_class]
            while addr != 0 and addr not in walk:
                walk.append(addr)
                addr = heap.load(addr + self.link_offset)
            lists.append(walk)
        return lists


def count_of(slots):
    return "1 slot" if len(slots) == 1 else f"{len(slots)} slots"


def shown(slots, slab):
    return ", ".join(place(slot, slab=slab) for slot in slots) or "empty"


def prove_alone(student, knobs, before, numbers):
    """One thread, the slots `before` in its lane's list, the others to be freed. The list is right then."""

    def prepare(thread):
        heap = thread.heap
        slab = heap.map(65536, 16)
        front = 0
        for slot in knobs.slots(slab, before):
            heap.store(slot + knobs.link_offset, front)
            front = slot
        heap.lanes[0].frees[knobs.size_class] = front
        return slab

    def frees(thread):
        knobs.free_all(student, thread.heap, knobs.slots(thread.prepared, numbers))

    def right_list(run):
        want = knobs.slots(run.prepared, [*reversed(numbers), *reversed(before)])
        got = knobs.listed(run.heap)[0]
        if got == want:
            return None
        reason = "the last of them is in front"
        if {*got} < {*want}:
            reason = "the links lie link_offset bytes into the slots, and lead on to what was in front before"
        return f"the list is then {shown(got, run.prepared)}; expected {shown(want, run.prepared)}: {reason}"

    told = f"One thread frees {count_of(numbers)}, {count_of(before)} in the list before"
    require_safe(told, [frees], right_list, TRAPS, prepare, lane_count=1)
    return replay([], [frees], prepare=prepare, invariants=None, lane_count=1)


CASES = [([], [0]), ([3], [0]), ([], [0, 1]), ([3, 5], [1, 0, 2]), ([3], []), ([], []), ([9], [8, 7, 1, 2, 4, 3])]


@pytest.mark.points(1)
def test_one_thread_alone(student, edition):
    for before, numbers in CASES:
        prove_alone(student, Knobs(edition), before, numbers)


@pytest.mark.points(1)
def test_threads_in_every_order(student, edition):
    knobs = Knobs(edition)

    def map_slab(thread):
        return thread.heap.map(65536, 16)

    def frees(*parts):
        """A program that frees these slots, a list of them at a time."""

        def program(thread):
            for numbers in parts:
                knobs.free_all(student, thread.heap, knobs.slots(thread.prepared, numbers))

        return program

    def takes(thread):
        """A program that takes a slot from the list of the lane that it gets, if there is one."""
        lane = lock(thread.heap)
        slot = lane.frees[knobs.size_class]
        if slot != 0:
            lane.frees[knobs.size_class] = thread.heap.load(slot + knobs.link_offset)
        thread.heap.unlock(lane)
        return slot

    def all_listed(count):
        def check(run):
            found = [slot for slots in knobs.listed(run.heap) for slot in slots]
            found += [slot for slot in run.results if slot]  # the slots that were taken
            if len({*found}) < len(found):
                return "a slot is in two lists, so two threads will get it"
            return len(found) == count or f"{count} slots were freed, and {len(found)} of them are in a list"

        return check

    other_lane = {"The lane that you got need not be the one that your index named before.": "reads frees", **TRAPS}
    for lane_count, traps in ((1, TRAPS), (2, other_lane)):
        told = f"{lane_count} lane{'s' * (lane_count > 1)}"
        for story, programs, count in (
            ("Two threads that free a slot each", [frees([0]), frees([1])], 2),
            ("Two threads that free two slots each", [frees([0, 1]), frees([2, 3])], 4),
            ("A thread that frees a slot and one that takes one", [frees([0]), takes], 1),
            ("Two threads that free two slots and then one", [frees([0, 1], [2]), frees([3, 4], [5])], 6),
        ):
            require_safe(f"{story}, {told}", programs, all_listed(count), traps, map_slab, lane_count=lane_count)


@pytest.mark.points(1)
def test_the_lock_is_held_for_few_steps(student, edition):
    for before, numbers in CASES:
        run = prove_alone(student, Knobs(edition), before, numbers)
        locked = False
        counts = {Kind.LOAD: 0, Kind.STORE: 0}
        for event in run.recording.events:
            kind = Kind(event["kind"])
            if kind in (Kind.TRY_LOCK, Kind.UNLOCK):
                locked = kind == Kind.TRY_LOCK
                counts = dict.fromkeys(counts, 0)
            elif locked and kind in counts:
                counts[kind] += 1
            told = f"free_all of {count_of(numbers)}, behind the lock: words of memory"
            reason = "The links between the slots can be written before anybody else knows of them."
            if counts[Kind.STORE] > 1:
                raise WrongAnswerError(f"{told} written: {counts[Kind.STORE]} so far; expected at most 1. {reason}")
            require(f"{told} read:", counts[Kind.LOAD], 0)
