"""Checks of exercise 08.2: one thread alone, then simulated ones in every order."""

from types import SimpleNamespace

import pytest

from refalloc.course.expect import WrongAnswerError, place, require
from refalloc.course.threads import require_safe

KEPT = "The call is over, and nobody else will ever get the lock"
TRAPS = {
    "A free waits for the lock too. And what was read before the lock was given back may be out of date.": "are lost",
    "Is the lock asked for again by the one who has it?": "held by itself",
    "A lock that is taken will be given back: wait for it.": "returned 0, though",
    "Where there is no memory, map gives 0, which is no slab.": "which is not mapped",
    f"{KEPT}.": "still locked",
    "One of the two is not behind the lock: take it before the first look, give it back after the last change.": "race",
}


class Knobs:
    """Class, slot and slab of this edition."""

    def __init__(self, edition):
        self.size_class = edition("size_class", 4)
        self.slot_len = edition("slot_len", 4096)
        self.slab_len = edition("slab_len", 16384)

    def alloc(self, student, heap):
        return student.alloc(heap, self.size_class, self.slot_len, self.slab_len)

    def free(self, student, heap, addr):
        return student.free(heap, addr, self.size_class, self.slot_len)

    def require_none_lost(self, live_count):
        """A check of a run, after which so many blocks are live: every other slot of every slab is to be had."""

        def check(run):
            heap, lane = run.heap, run.heap.lanes[0]
            total = len(heap.mappings()) * self.slab_len // self.slot_len
            next_addr, slot = lane.next_addrs[self.size_class], lane.frees[self.size_class]
            free_count = -next_addr % self.slab_len // self.slot_len
            while slot != 0 and free_count <= total:
                free_count += 1
                slot = heap.load(slot + self.slot_len - 8)
            lost = total - live_count - free_count
            return lost == 0 or f"{lost} of {total} slots are lost: not in use, not in the list, not left in the slab"

        return check

    def text(self, student):
        """What simulated threads call."""
        return SimpleNamespace(
            alloc=lambda heap, length, align_log2: self.alloc(student, heap),
            free=lambda heap, addr, length, align_log2: self.free(student, heap, addr),
        )


def require_unlocked(heap, told):
    lane = heap.lanes[0]
    if not heap.try_lock(lane):
        raise WrongAnswerError(f"{told} returned with the lane locked. {KEPT}.")
    heap.unlock(lane)


@pytest.mark.points(1)
def test_one_thread_gets_slots_and_gives_them_back(student, edition):
    knobs = Knobs(edition)

    def once(thread):
        for _ in range(2):
            thread.free(thread.alloc(knobs.slot_len))

    # Simulated first, where who waits for himself is told so and does not wait for ever.
    require_safe("One thread that allocs and frees, twice", [once], None, TRAPS, lane_count=1, text=knobs.text(student))
    heap = student.new_heap()
    first = knobs.alloc(student, heap)
    require_unlocked(heap, "The first alloc")
    made = [length for _, length in heap.mappings()]
    require("After the first alloc there are mappings of", made, [knobs.slab_len])
    slab = heap.mappings()[0][0]

    def show(addr):
        return place(addr, slab=slab)

    assert slab % knobs.slab_len == 0, "The slab is not aligned to slab_len, and so its end cannot be told."
    require("The first alloc gave", first, slab, show)
    count = knobs.slab_len // knobs.slot_len
    for number in range(1, count):
        got = knobs.alloc(student, heap)
        require(f"Alloc number {number + 1} gave", got, slab + number * knobs.slot_len, show)
        require_unlocked(heap, f"Alloc number {number + 1}")
    for number in (2, 0):
        knobs.free(student, heap, slab + number * knobs.slot_len)
        require_unlocked(heap, f"free of slot {number}")
    front = heap.lanes[0].frees[knobs.size_class]
    require("After free of slot 2 and slot 0, lane.frees is", front, slab, show)
    link = heap.load(slab + knobs.slot_len - 8)
    traps = {"Nothing was written there.": 0}
    require("The link, in slot 0's last word, is", link, slab + 2 * knobs.slot_len, show, traps)
    for number in (0, 2):
        got = knobs.alloc(student, heap)
        require(f"With slot {number} in front of the free list, alloc gave", got, slab + number * knobs.slot_len, show)
        require_unlocked(heap, "An alloc from the free list")
    knobs.alloc(student, heap)
    require("After one alloc more than the slab has slots, there are mappings:", len(heap.mappings()), 2)


@pytest.mark.points(1)
def test_threads_never_meet_in_the_lane(student, edition):
    knobs = Knobs(edition)

    def once(thread):
        thread.free(thread.alloc(knobs.slot_len))

    def twice(thread):
        blocks = [thread.alloc(knobs.slot_len), thread.alloc(knobs.slot_len)]
        for block in blocks:
            thread.free(block)

    def one_free_slot(thread):
        block = thread.alloc(knobs.slot_len)
        thread.alloc(knobs.slot_len)
        thread.free(block)

    def run(story, programs, prepare=None):
        check = knobs.require_none_lost(0 if prepare is None else 1)
        require_safe(story, programs, check, TRAPS, prepare, lane_count=1, text=knobs.text(student))

    run("Two threads that alloc and free", [once, once])
    run("Two threads that alloc and free, with one free slot", [once, once], one_free_slot)
    run("A thread with two blocks and one with one", [twice, once], one_free_slot)


@pytest.mark.points(1)
def test_where_there_is_no_memory_the_lock_is_given_back(student, edition):
    knobs = Knobs(edition)

    def asks(thread):
        return thread.alloc(knobs.slot_len)

    def all_zero(run):
        return {*run.results} == {0} or "an alloc gave an address, though there was no memory"

    story = "Two threads that alloc, with no memory to be had"
    require_safe(story, [asks, asks], all_zero, TRAPS, lane_count=1, map_limit=0, text=knobs.text(student))

    def asks_again(thread):
        return [thread.alloc(knobs.slot_len) for _ in range(knobs.slab_len // knobs.slot_len + 1)]

    def all_but_one(run):
        return run.results[0].count(0) == 1 or "a slab was to be had, and not all of its slots were handed out"

    story = "A thread that allocs one slot more than the only slab has"
    require_safe(story, [asks_again], all_but_one, TRAPS, lane_count=1, map_limit=1, text=knobs.text(student))
