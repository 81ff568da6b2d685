"""Checks of exercise 05.2."""

import functools
import itertools
import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import place, require

SLAB_LEN, PAGE_LEN = 12288, 4096
NEAR = 1 << 20


class Case:
    """A heap with a slab between two neighbours, and lists in it that are written by hand."""

    def __init__(self, student, slot_len):
        self.student = student
        self.slot_len = slot_len
        self.heap = student.new_heap()
        before = self.heap.map(PAGE_LEN, 12)
        while slot_len & (slot_len - 1) and (before + PAGE_LEN) % slot_len == 0:
            before = self.heap.map(PAGE_LEN, 12)  # until the slab is at no multiple of the slot, where that can be
        self.slab = self.heap.map(SLAB_LEN, 12)
        self.heap.map(PAGE_LEN, 12)

    def slot(self, number):
        return self.slab + number * self.slot_len

    def link(self, numbers, end):
        """A list of slots, in that order, whose last link is `end`. Returns its front."""
        self.heap.write(self.slab, b"\xaa" * SLAB_LEN)
        addrs = [*map(self.slot, numbers), end]
        for slot, following in itertools.pairwise(addrs):
            self.heap.store(slot, following)
        return addrs[0]

    def drawn(self, addr):
        """An address beside the slots that are nearest to it; nothing where it is far away."""
        if not self.slab - self.slot_len <= addr < self.slab + SLAB_LEN + self.slot_len:
            return []
        count = SLAB_LEN // self.slot_len
        near = min(max((addr - self.slab) // self.slot_len, 0), count - 1)
        slots = [(f"slot {n}", self.slot(n), self.slot(n + 1)) for n in (near, near + 1) if n < count]
        return bars([*slots, ("address", addr, addr + 1)], functools.partial(shown, slab=self.slab))

    def require(self, front, want, story, sentence, picture=list):
        before = self.heap.read(self.slab, SLAB_LEN)
        got = self.student.verdict(self.heap, front, self.slab, SLAB_LEN, self.slot_len)
        told = f"verdict of {story}, in slots of {self.slot_len} bytes, gave"
        require(told, got, want, traps={sentence: got}, picture=picture)
        changed = self.heap.read(self.slab, SLAB_LEN) != before
        assert not changed, f"verdict of {story} changed the slab; a test that changes what it tests proves nothing."


def cases(student, edition):
    return [Case(student, slot_len) for slot_len in edition("slot_lens", [96, 64, 128, 384])]


def chain(numbers, end):
    return " -> ".join([*(f"slot {number}" for number in numbers), end])


def shown(addr, slab):
    if 0 < slab - addr < NEAR:
        return f"slab - {slab - addr}"
    return place(addr, slab=slab) if addr < slab + NEAR else f"{addr:#x}"


@pytest.mark.points(1)
def test_sound_lists_are_acquitted(student, edition):
    for case in cases(student, edition):
        last = SLAB_LEN // case.slot_len - 1
        case.require(0, "sound", "an empty list", "A front of 0 ends the list before it begins.")
        for numbers in ([1], [0], [5, 2, 3]):
            story = chain(numbers, "0")
            sentence = "Slots are counted from the start of the slab: slot 1 starts at slab + slot_len."
            case.require(case.link(numbers, 0), "sound", story, sentence)
        numbers = [last, 0]
        case.require(case.link(numbers, 0), "sound", chain(numbers, "0"), "The last slot of the slab is a slot too.")
        numbers = random.Random(edition.seed).sample(range(last + 1), last + 1)
        story = f"all {last + 1} slots of the slab, in no order"
        case.require(case.link(numbers, 0), "sound", story, "Every slot is met once, and then comes a 0.")


@pytest.mark.points(1)
def test_links_to_what_is_no_slot_are_convicted(student, edition):
    for case in cases(student, edition):
        slab, slot_len = case.slab, case.slot_len
        ends = [
            (slab + 8, "between", "A slot starts every slot_len bytes, not at every word."),
            (slab - 8, "outside", "That address is below the slab."),
            (slab + SLAB_LEN, "outside", "The slab ends just before slab + slab_len."),
            (case.slot(4) + 1, "between", "One byte past the start of a slot is not its start."),
            (case.slot(4) + slot_len // 2, "between", "The middle of a slot is not its start."),
            (slab + SLAB_LEN + slot_len // 2, "outside", "It lies outside, whatever else it does."),
            (slab - slot_len, "outside", "That address is below the slab."),
            (int.from_bytes(b"Jane Doe", "little"), "outside", "That is text, and no address at all."),
            (2**64 - 8, "outside", "That is far above the slab."),
        ]
        for numbers in ([2], [7, 1, 4]):
            for end, want, sentence in ends:
                story, picture = chain(numbers, shown(end, slab)), functools.partial(case.drawn, end)
                case.require(case.link(numbers, end), want, story, sentence, picture)
        for end, want, _ in ends:
            story, picture = f"{shown(end, slab)}, the front", functools.partial(case.drawn, end)
            case.require(end, want, story, "The front too is judged before it is followed.", picture)


@pytest.mark.points(1)
def test_lists_that_come_back_are_convicted(student, edition):
    for case in cases(student, edition):
        for numbers, back in (([3], 3), ([3, 1], 3), ([3, 1, 5], 1), ([0, 6, 2, 4], 4), (list(range(30)), 29)):
            story = chain(numbers, f"slot {back}") if len(numbers) < 9 else f"slots 0 to 29, then slot {back} again"
            sentence = f"The walk meets slot {back} a second time."
            case.require(case.link(numbers, case.slot(back)), "loop", story, sentence)
