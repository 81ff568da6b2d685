"""Checks of exercise 11.1: one thread, lanes that others hold, and simulated threads in every order."""

from types import SimpleNamespace

import pytest

from refalloc.allocator import lock
from refalloc.course.expect import WrongAnswerError, place, require
from refalloc.course.threads import require_safe

TRAPS = {
    "Is a lane asked for again by the one who has it?": "held by itself",
    "In the search a lane that is taken is passed over, not waited for.": "held by prepare",
    "Give back the lane that you have before you ask for another.": "deadlock",
    "Each way out of alloc gives its lane back.": "still locked",
    "What a lane has may be looked at only while you hold it.": "race",
    "Where there is no memory, map gives 0, which is no slab.": "which is not mapped",
    "While you held no lane another thread may have mapped a slab for yours: look again.": "lost",
    "A slot leaves the lane when it is handed out.": "double hand-out",
}


class Knobs:
    """Class, slot and slab of this edition."""

    def __init__(self, edition, student):
        self.size_class = edition("size_class", 4)
        self.slot_len = edition("slot_len", 4096)
        self.slab_len = edition("slab_len", 16384)
        self.student = student

    def alloc(self, heap):
        return self.student.alloc(heap, self.size_class, self.slot_len, self.slab_len)

    def free(self, heap, addr):
        lane = lock(heap)
        heap.store(addr, lane.frees[self.size_class])
        lane.frees[self.size_class] = addr
        heap.unlock(lane)

    def text(self):
        """What simulated threads call."""
        return SimpleNamespace(
            alloc=lambda heap, length, align_log2: self.alloc(heap),
            free=lambda heap, addr, length, align_log2: self.free(heap, addr),
        )

    def map_slab(self, heap):
        return heap.map(self.slab_len, self.slab_len.bit_length() - 1)


def place_in(slab, heap):
    """An address in words: from `slab`, or from the mapping that was made last."""
    new = {"a new slab": heap.mappings()[-1][0]} if heap.mappings() else {}
    return lambda addr: place(addr, **new, slab=slab)


@pytest.mark.points(1)
def test_one_thread_takes_what_is_there_before_it_maps(student, edition):
    knobs = Knobs(edition, student)
    count = knobs.slab_len // knobs.slot_len

    def own_lane_first(thread):
        heap = thread.heap
        lane = heap.lanes[0]
        slab = knobs.alloc(heap)
        require("the first alloc of all left mappings:", [length for _, length in heap.mappings()], [knobs.slab_len])
        require("the first alloc of all gave", slab, heap.mappings()[0][0], place_in(slab, heap))
        for number in range(1, count):
            told = f"alloc number {number + 1} gave"
            require(told, knobs.alloc(heap), slab + number * knobs.slot_len, place_in(slab, heap))
        for number in (2, 0):
            knobs.free(heap, slab + number * knobs.slot_len)
        for number in (0, 2):
            told = f"with slot {number} in front of the free list, alloc gave"
            got = knobs.alloc(heap)
            traps = {"A slot that is handed out leaves the list; its link leads on.": slab * (number == 2)}
            require(told, got, slab + number * knobs.slot_len, place_in(slab, heap), traps)
        require("with its only slot handed out, the free list begins at", lane.frees[knobs.size_class], 0)
        knobs.alloc(heap)
        require("after one alloc more than the slab has slots, the mappings are", len(heap.mappings()), 2)

    require_safe("One thread, one lane", [own_lane_first], None, TRAPS, lane_count=1)

    for own, there in ((0, 1), (0, 2), (1, 0), (2, 1)):
        for kind in ("free list", "slab"):

            def there_alone(thread, kind=kind, there=there):
                slab = knobs.map_slab(thread.heap)
                if kind == "free list":
                    thread.heap.lanes[there].frees[knobs.size_class] = slab + knobs.slot_len
                else:
                    thread.heap.lanes[there].next_addrs[knobs.size_class] = slab + knobs.slot_len
                return slab

            def finds(thread, own=own):
                thread.heap.set_thread_index(own)
                got = knobs.alloc(thread.heap)
                traps = {"It mapped a slab although another lane has a slot.": thread.heap.mappings()[-1][0]}
                want = thread.prepared + knobs.slot_len
                require("alloc gave", got, want, place_in(thread.prepared, thread.heap), traps)

            story = f"3 lanes, thread index {own}, a slot in the {kind} of lane {there}"
            require_safe(story, [finds], None, TRAPS, there_alone, lane_count=3)


@pytest.mark.points(1)
def test_lanes_that_others_hold_are_passed_over(student, edition):
    knobs = Knobs(edition, student)
    for taken, there, is_mapped in (((1,), 2, False), ((1,), 1, True), ((1, 2), 2, True), ((2,), 1, False)):

        def held(thread, taken=taken, there=there):
            slab = knobs.map_slab(thread.heap)
            thread.heap.lanes[there].frees[knobs.size_class] = slab
            for index in taken:
                thread.heap.try_lock(thread.heap.lanes[index])
            return slab

        def allocs(thread, is_mapped=is_mapped):
            got = knobs.alloc(thread.heap)
            require("alloc left mappings:", len(thread.heap.mappings()), 1 + is_mapped)
            want = thread.heap.mappings()[-1][0] if is_mapped else thread.prepared
            require("alloc gave", got, want, place_in(want, thread.heap))
            mine = [lane.index for lane in thread.heap.lanes if lane.holder == thread.number]
            if mine:
                raise WrongAnswerError(f"alloc returned with lane {mine[0]} still locked. It must be given back.")

        lanes = " and ".join(map(str, taken))
        story = f"3 lanes, lane{'s' * (len(taken) > 1)} {lanes} taken by others, a slot in lane {there}"
        require_safe(story, [allocs], None, TRAPS, held, lane_count=3)

    def asks(thread):
        return thread.alloc(knobs.slot_len)

    def all_zero(run):
        return {*run.results} == {0} or "an alloc gave an address, though there was no memory"

    story = "Two threads that alloc, with no memory to be had"
    require_safe(story, [asks, asks], all_zero, TRAPS, lane_count=2, map_limit=0, text=knobs.text())


@pytest.mark.points(1)
def test_threads_in_every_order(student, edition):
    knobs = Knobs(edition, student)

    def from_lane(index, count):
        def program(thread):
            thread.heap.set_thread_index(index)
            blocks = [thread.alloc(knobs.slot_len) for _ in range(count)]
            for block in blocks:
                thread.free(block)

        return program

    def nothing_lost(run):
        """Every slot of every slab is in a list, or behind the next_addr of a lane: all blocks were freed."""
        heap, listed, reached = run.heap, set(), 0
        for lane in heap.lanes:
            addr = lane.frees[knobs.size_class]
            while addr != 0:
                if addr in listed:
                    return "a slot is in the lists twice"
                listed.add(addr)
                reached, addr = reached + 1, heap.load(addr)
            rest = -lane.next_addrs[knobs.size_class] % knobs.slab_len
            reached += rest // knobs.slot_len
        there = sum(length for _, length in heap.mappings()) // knobs.slot_len
        return reached == there or f"{there - reached} of {there} slots are lost: in no list and in no lane's slab"

    for lane_count, index, counts in ((1, 0, (1, 1)), (2, 1, (1, 1)), (2, 0, (1, 2)), (2, 1, (2, 1))):
        told = f"{lane_count} lane{'s' * (lane_count > 1)}"
        story = f"T0 from lane 0 and T1 from lane {index} alloc and free, {told}"
        programs = [from_lane(0, counts[0]), from_lane(index, counts[1])]
        require_safe(story, programs, nothing_lost, TRAPS, lane_count=lane_count, text=knobs.text())
