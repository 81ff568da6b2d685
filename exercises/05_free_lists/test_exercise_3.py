"""Checks of exercise 05.3."""

import functools
import itertools
import random

import pytest

from refalloc.course.drawing import chain
from refalloc.course.expect import WrongAnswerError, place, require

SIZE_CLASS, SLOT_LEN, SLAB_LEN = 3, 64, 65536


def shifts(edition):
    return edition("shifts", [12, 4, 13])


def new_slab(student):
    """A heap, its lane, the second slab of two, and how to show addresses in it."""
    heap = student.new_heap()
    _, slab = heap.map(SLAB_LEN, 16), heap.map(SLAB_LEN, 16)
    heap.write(slab, b"\xaa" * SLAB_LEN)
    return heap, heap.lanes[0], slab, functools.partial(place, slab=slab)


def what_is_wrong(word, slot, link, shift):
    """A sentence about the word that push wrote, "" when it is right."""
    if word == link == 0:
        return "the word in the slot is a plain 0; the last link is protected too."
    sentences = [
        (link ^ (slot >> shift), ""),
        (link, "the word in the slot is the plain link."),
        (link ^ (link >> shift), "the link was combined with its own address; take the slot that it is written to."),
        ((link ^ (slot << shift)) % 2**64, "the slot's bits were moved up; >> moves them down."),
        ((link ^ slot) >> shift, "the link was moved down too; only the slot's address is: link ^ (slot >> shift)."),
        (link + (slot >> shift), "the two were added; ^ does not carry."),
    ]
    return next((sentence for wrong, sentence in sentences if wrong == word), "the word is not link ^ (slot >> shift).")


def drawn(heap, lane, slab, shift, expected):
    """The list as pop reads it, each link unprotected, and as it should be."""
    show = functools.partial(place, slab=slab)

    def load(slot):
        inside = slab <= slot < slab + SLAB_LEN and slot % 8 == 0
        link = heap.load(slot) ^ (slot >> shift) if inside else None
        return link if link == 0 or (link is not None and slab <= link < slab + SLAB_LEN) else None

    name, links = f"lane.frees[{SIZE_CLASS}]", dict(itertools.pairwise([*expected, 0]))
    return [
        chain(name, lane.frees[SIZE_CLASS], load, show),
        chain("expected".ljust(len(name)), expected[0] if expected else 0, links.get, show),
    ]


@pytest.mark.points(1)
def test_links_are_protected_and_lists_work_as_before(student, edition):
    for shift in shifts(edition):
        heap, lane, slab, show = new_slab(student)
        slots = [slab + number * SLOT_LEN for number in (3, 1, 70, 2)]
        require("pop on an empty list gave", student.pop(heap, lane, SIZE_CLASS, shift, SLOT_LEN), 0, show)
        pushes, front = [], 0
        for slot in slots:
            student.push(heap, lane, SIZE_CLASS, slot, shift)
            after = f"After push of {show(slot)}, shift {shift}, with {show(front)} in front"
            require(f"{after}: lane.frees[{SIZE_CLASS}] is", lane.frees[SIZE_CLASS], slot, show)
            pushes.append((after, slot, front, heap.load(slot)))
            front = slot
        for after, slot, front, word in [*pushes[1:], pushes[0]]:
            wrong = what_is_wrong(word, slot, front, shift)
            if wrong:
                raise WrongAnswerError(f"{after}: {wrong}", drawn(heap, lane, slab, shift, slots[::-1]))
        for left, slot in reversed([*enumerate(slots)]):
            picture = functools.partial(drawn, heap, lane, slab, shift, slots[:left][::-1])
            got = student.pop(heap, lane, SIZE_CLASS, shift, SLOT_LEN)
            traps = {"Every link here is in order, once it is unprotected.": -1}
            require(f"pop with {show(slot)} in front, shift {shift}, gave", got, slot, show, traps, picture)
        require("pop after the last slot gave", student.pop(heap, lane, SIZE_CLASS, shift, SLOT_LEN), 0, show)


@pytest.mark.points(1)
def test_a_link_that_was_overwritten_is_noticed(student, edition):
    draw = random.Random(edition.seed)
    for shift in shifts(edition):
        heap, lane, slab, show = new_slab(student)
        slots = [slab + number * SLOT_LEN for number in (5, 2, 9)]
        for slot in slots:
            student.push(heap, lane, SIZE_CLASS, slot, shift)
        front = slots[-1]
        whole = heap.load(front)
        words = [whole ^ 8, int.from_bytes(b"Jane Doe", "little"), slab, *(draw.getrandbits(64) for _ in range(100))]
        for word in words:
            if (word ^ (front >> shift)) % SLOT_LEN == 0:
                continue  # by chance it looks like a slot: nobody can tell
            heap.store(front, word)
            got = student.pop(heap, lane, SIZE_CLASS, shift, SLOT_LEN)
            story = f"Something overwrote the link in {show(front)}, which now leads to no multiple of {SLOT_LEN}"
            traps = {"That slot was handed out, and the list goes on at a wrong place.": front}
            require(f"{story}. pop, shift {shift}, gave", got, -1, show, traps)
            after = lane.frees[SIZE_CLASS]
            traps = {"When pop gives -1, lane.frees must be as it was.": after}
            require(f"{story}. After pop, shift {shift}, lane.frees[{SIZE_CLASS}] is", after, front, show, traps)
        heap.store(front, whole)
        got = student.pop(heap, lane, SIZE_CLASS, shift, SLOT_LEN)
        require(f"With the right link back in {show(front)}, pop, shift {shift}, gave", got, front, show)
