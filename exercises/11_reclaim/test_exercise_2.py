"""Checks of exercise 11.2: one thread alone, simulated ones in every order, and what is held meanwhile."""

import pytest

from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.threads import require_safe
from refalloc.schedule import replay
from refalloc.trace.events import Kind

TRAPS = {
    "With one lane there is no other.": "held by itself",
    "A lane that is taken is passed over.": "held by prepare",
    "Each of the two has what the other waits for: give one lane back before you ask for another.": "deadlock",
    "A lane's list is read and written behind its lock.": "race",
    "Each way out gives back what is locked.": "still locked",
    "The slots of a list that you took belong to nobody else; the end of the chain has to lead on to what was there.": (
        "slots are in the lists"
    ),
}
SLAB_LEN = 65536


class Knobs:
    def __init__(self, edition, student):
        self.size_class = edition("size_class", 3)
        self.link_offset = edition("link_offset", 16)
        self.slot_len = 8 << self.size_class
        self.student = student

    def fetch(self, heap):
        return self.student.fetch(heap, self.size_class, self.link_offset)

    def prepare(self, lists, taken=()):
        """A program that makes a slab, and these lists: numbers of slots, front first, one list for each lane."""

        def make(thread):
            heap = thread.heap
            slab = heap.map(SLAB_LEN, 16)
            for lane, numbers in zip(heap.lanes, lists, strict=True):
                slots = [slab + number * self.slot_len for number in numbers]
                for slot, following in zip(slots, [*slots[1:], 0], strict=False):
                    heap.store(slot + self.link_offset, following)
                lane.frees[self.size_class] = slots[0] if slots else 0
            for index in taken:
                heap.try_lock(heap.lanes[index])
            return slab

        return make

    def listed(self, heap, slab):
        """The numbers of the slots in each lane's list; of a list that comes back to itself, each once."""
        lists = []
        for lane in heap.lanes:
            walk, addr = [], lane.frees[self.size_class]
            while addr != 0 and addr not in walk:
                walk.append(addr)
                addr = heap.load(addr + self.link_offset)
            lists.append([(addr - slab) // self.slot_len for addr in walk])
        return lists


def told_lists(lists):
    return "; ".join(f"lane {index}: {', '.join(map(str, one)) or 'none'}" for index, one in enumerate(lists))


CASES = [  # lists, index, lanes taken, the lists then
    ([[], [4]], 0, (), [[4], []]),
    ([[], [4, 2, 7]], 0, (), [[4, 2, 7], []]),
    ([[1], [4, 2]], 0, (), [[4, 2, 1], []]),
    ([[1, 0], [4]], 0, (), [[4, 1, 0], []]),
    ([[1, 0], []], 0, (), [[1, 0], []]),
    ([[], []], 0, (), [[], []]),
    ([[4, 2], [1]], 1, (), [[], [4, 2, 1]]),
    ([[], [], [5, 6]], 0, (), [[5, 6], [], []]),
    ([[3], [], [5, 6]], 1, (), [[3], [5, 6], []]),
    ([[], [4], [5]], 0, (), [[4], [], [5]]),
    ([[], [4], [5]], 0, (1,), [[5], [4], []]),
    ([[], [4]], 0, (1,), [[], [4]]),
    ([[8, 9]], 0, (), [[8, 9]]),
    ([[]], 0, (), [[]]),
]


def prove_alone(knobs, lists, index, taken, want):
    def fetches(thread):
        thread.heap.set_thread_index(index)
        got = knobs.fetch(thread.heap)
        after = knobs.listed(thread.heap, thread.prepared)
        if after != want:
            raise WrongAnswerError(
                f"the lists are then {told_lists(after)}; expected {told_lists(want)}.{reason_for(lists, after, want)}"
            )
        require("the lists are right, and fetch gave", got, lists != want)

    slots = told_lists(lists)
    held = f", lane {taken[0]} taken" if taken else ""
    story = f"Slots in {slots}, thread index {index}{held}"
    require_safe(story, [fetches], None, TRAPS, knobs.prepare(lists, taken), lane_count=len(lists))
    # The recording of just this run
    return replay([], [fetches], prepare=knobs.prepare(lists, taken), invariants=None, lane_count=len(lists))


def reason_for(before, after, want):
    got = [slot for one in after for slot in one]
    wanted = [slot for one in want for slot in one]
    if len(got) > len({*got}):
        return " A slot that is in two lists will be handed out twice."
    if {*got} < {*wanted}:
        return " Slots are lost: the last link, link_offset bytes into its slot, leads on to what was there before."
    if after == before:
        return " The first lane that has a free slot may be further on, or be behind one that is taken."
    if sorted(got) == sorted(wanted) and [sorted(one) for one in after] == [sorted(one) for one in want]:
        return " What is fetched comes in front, in its order."
    return " The whole list of one lane is fetched, and nothing else."


@pytest.mark.points(1)
def test_one_thread_alone(student, edition):
    for case in CASES:
        prove_alone(Knobs(edition, student), *case)


@pytest.mark.points(1)
def test_threads_in_every_order(student, edition):
    knobs = Knobs(edition, student)
    prove_alone(knobs, *CASES[0])  # who fetches nothing loses nothing either

    def from_lane(index, times=1):
        def program(thread):
            thread.heap.set_thread_index(index)
            for _ in range(times):
                knobs.fetch(thread.heap)

        return program

    def none_lost(lists):
        def check(run):
            found = [slot for one in knobs.listed(run.heap, run.prepared) for slot in one]
            if len({*found}) < len(found):
                return "a slot is in two lists, so two threads will get it"
            there = sum(map(len, lists))
            return len(found) == there or f"of {there} slots, {len(found)} slots are in the lists"

        return check

    for lists in ([[1], [2]], [[1, 0], [4, 2]], [[], [3]], [[1], [2], [3]]):
        last = len(lists) - 1
        story = f"T0 fetches from lane 0 and T1 from lane {last}, slots in {told_lists(lists)}"
        programs = [from_lane(0), from_lane(last)]
        require_safe(story, programs, none_lost(lists), TRAPS, knobs.prepare(lists), lane_count=len(lists))
    story = "T0 and T1 fetch twice, both from lane 0, slots in lane 0: 1; lane 1: 2"
    programs = [from_lane(0, 2), from_lane(0, 2)]
    require_safe(story, programs, none_lost([[1], [2]]), TRAPS, knobs.prepare([[1], [2]]), lane_count=2)


@pytest.mark.points(1)
def test_one_lane_is_held_and_for_few_steps(student, edition):
    for lists, index, taken, want in CASES:
        run = prove_alone(Knobs(edition, student), lists, index, taken, want)
        held, count = [], 0
        for event in run.recording.events:
            kind = Kind(event["kind"])
            if event["thread"] != 0:
                continue
            if kind == Kind.TRY_LOCK and event["value"]:
                held.append(int(event["lane"]))
                count = 0
            elif kind == Kind.UNLOCK:
                held.remove(int(event["lane"]))
            told = f"Slots in {told_lists(lists)}, thread index {index}: fetch"
            if len(held) > 1:
                raise WrongAnswerError(
                    f"{told} holds lane {held[0]} and lane {held[1]} at once. Take the list out of the one, unlock it, "
                    "and then go to the other."
                )
            count += bool(held) and kind in (Kind.LOAD, Kind.STORE)
            if count > 1:
                raise WrongAnswerError(
                    f"{told} reads and writes more than one word of memory while it holds lane {held[0]}. "
                    "Look for the end of the chain before you take the lane, when nobody else knows of it."
                )
