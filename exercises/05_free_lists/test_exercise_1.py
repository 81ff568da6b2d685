"""Checks of exercise 05.1."""

import functools
import itertools
import random

import pytest

from refalloc.course.drawing import chain
from refalloc.course.expect import place, require

SLAB_LEN = 65536
JUNK = b"\xaa" * SLAB_LEN  # what programs left in the slots


def layouts(edition):
    """(size class, bytes of a slot, where its link lies), simplest first."""
    rows = [(0, 8, 0), (3, 64, 0), (3, 64, 8), (4, 128, 120)]
    return [*rows, *edition("layouts", [(1, 16, 8), (6, 512, 256), (5, 256, 248)])]


def new_slab(student):
    """A heap, its lane, and a slab in it."""
    heap = student.new_heap()
    slab = heap.map(SLAB_LEN, 16)
    return heap, heap.lanes[0], slab


def drawn(heap, lane, size_class, link_offset, show, expected):
    """The list as it is, and as it should be."""
    mapped = {page for start, length in heap.mappings() for page in range(start, start + length, 4096)}

    def load(slot):
        at = slot + link_offset
        return heap.load(at) if at % 8 == 0 and at // 4096 * 4096 in mapped else None

    links = dict(itertools.pairwise([*expected, 0]))
    return [
        chain(f"lane.frees[{size_class}]", lane.frees[size_class], load, show),
        chain("expected".ljust(len(f"lane.frees[{size_class}]")), expected[0] if expected else 0, links.get, show),
    ]


def link_by_hand(heap, slots, link_offset):
    """Write the links of a list of slots, in that order. Returns the front."""
    for slot, following in zip(slots, [*slots[1:], 0], strict=True):
        heap.store(slot + link_offset, following)
    return slots[0]


@pytest.mark.points(1)
def test_a_pushed_slot_is_the_front_and_links_to_the_one_before(student, edition):
    for size_class, slot_len, link_offset in layouts(edition):
        heap, lane, slab = new_slab(student)
        show = functools.partial(place, slab=slab)
        heap.write(slab, JUNK)
        front, expected, pushed = 0, bytearray(JUNK), []
        for number in (0, 3, 1, 2):
            slot = slab + number * slot_len
            student.push(heap, lane, size_class, slot, link_offset)
            knobs = f"class {size_class}, link_offset {link_offset}"
            after = f"After push of {show(slot)}, {knobs}, with {show(front)} in front"
            frees_traps = {
                "That is where the link lies; lists go from start of slot to start of slot.": slot + link_offset,
                "The slot that was pushed comes first.": front,
            }
            picture = functools.partial(drawn, heap, lane, size_class, link_offset, show, [slot, *reversed(pushed)])
            pushed.append(slot)
            require(f"{after}: lane.frees[{size_class}] is", lane.frees[size_class], slot, show, frees_traps, picture)
            link_traps = {
                "The slot leads to itself; what was the front before you changed it?": slot,
                "Nothing was written there: the link belongs link_offset bytes into the slot.": 0xAAAAAAAAAAAAAAAA,
            }
            link = heap.load(slot + link_offset)
            require(f"{after}: the link, {link_offset} bytes into the slot, is", link, front, show, link_traps, picture)
            expected[slot - slab + link_offset : slot - slab + link_offset + 8] = front.to_bytes(8, "little")
            changed = first_change(heap.read(slab, SLAB_LEN), expected)
            assert changed is None, f"{after}: the byte at slab + {changed} changed; only the link may change."
            front = slot


def first_change(got, expected):
    """The place of the first byte that differs, or None."""
    if got == expected:
        return None
    return next(place for place, (one, other) in enumerate(zip(got, expected, strict=True)) if one != other)


@pytest.mark.points(1)
def test_pop_takes_the_front_until_there_is_none(student, edition):
    for size_class, slot_len, link_offset in layouts(edition):
        heap, lane, slab = new_slab(student)
        show = functools.partial(place, slab=slab)
        require("pop on an empty list gave", student.pop(heap, lane, size_class, link_offset), 0, show)
        slots = [slab + number * slot_len for number in (2, 0, 3)]
        lane.frees[size_class] = link_by_hand(heap, slots, link_offset)
        for place_of, (slot, following) in enumerate(zip(slots, [*slots[1:], 0], strict=True), start=1):
            picture = functools.partial(drawn, heap, lane, size_class, link_offset, show, slots[place_of:])
            call = f"pop from class {size_class}, link_offset {link_offset}, with {show(slot)} in front"
            pop_traps = {
                "That is the next slot; the front is to be handed out.": following,
                "That is where the link lies; a block starts at the start of its slot.": slot + link_offset,
            }
            require(f"{call} gave", student.pop(heap, lane, size_class, link_offset), slot, show, pop_traps, picture)
            front_traps = {
                "That slot was just handed out: the next to ask would get it too.": slot,
                "That is not the link of the slot that was handed out.": heap.load(slot),
            }
            require(
                f"{call}: lane.frees[{size_class}] is then",
                lane.frees[size_class],
                following,
                show,
                front_traps,
                picture,
            )
        require("pop after the last slot gave", student.pop(heap, lane, size_class, link_offset), 0, show)


@pytest.mark.points(1)
def test_what_is_freed_last_is_handed_out_first(student, edition):
    draw = random.Random(edition.seed)
    heap, lane, slab = new_slab(student)
    halves = {3: slab, 4: slab + SLAB_LEN // 2}  # two classes, each in a half of its own
    live = {c: [start + number * (8 << c) for number in range(200)] for c, start in halves.items()}
    free = {3: [], 4: []}
    link_offset = edition("link_offset", 16)
    show = functools.partial(place, slab=slab)
    for step in range(600):
        size_class = draw.choice([3, 4])
        if live[size_class] and draw.random() < 0.6:
            slot = live[size_class].pop(draw.randrange(len(live[size_class])))
            student.push(heap, lane, size_class, slot, link_offset)
            free[size_class].append(slot)
            heap.write(slot, bytes(link_offset))  # what lies before the link is nobody's business
        else:
            want = free[size_class].pop() if free[size_class] else 0
            got = student.pop(heap, lane, size_class, link_offset)
            oldest = free[size_class][0] if free[size_class] else None
            other = free[7 - size_class][-1] if free[7 - size_class] else None
            traps = {"That one was freed first, and comes last.": oldest, "That slot is of another class.": other}
            require(f"In step {step} of frees and allocs in two classes, pop gave", got, want, show, traps)
            live[size_class] += [want] if want else []
