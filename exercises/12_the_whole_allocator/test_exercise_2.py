"""Checks of exercise 12.2."""

import random

import pytest

from refalloc.course.expect import compare
from refalloc.schedule.cost import first_events


def played(events, slots, slab_len, page_len, **wrong):
    """The allocator, played; `wrong` names what a wrong one does."""
    live, free, slabs_of, slabs, large = {}, {}, {}, 0, 0
    used, peak, peak_large = {}, 0, 0
    for block, length in events:
        if length == 0:
            slot, mapped = live.pop(block)
            large -= 0 if wrong.get("keeps_large") else mapped
            if slot:
                free[slot] = free.get(slot, 0) + (not wrong.get("no_reuse"))
                used[slot] -= 1
                if wrong.get("gives_back") and used[slot] == 0:
                    slabs -= -(-free.pop(slot) // (slab_len // slot))
        elif length > slots[-1] or (wrong.get("strict") and length == slots[-1]):
            mapped = length if wrong.get("bytes") else -(-length // page_len) * page_len
            large += mapped
            live[block] = (0, mapped)
        else:
            slot = next(slot for slot in slots if slot > length or (slot == length and not wrong.get("strict")))
            if not free.get(slot):
                count = slabs_of.get(slot, 0)
                slabs, slabs_of[slot] = slabs + 1, count + 1
                free[slot] = slab_len // slot
                if wrong.get("split"):
                    free[slot] = (count + 1) * slab_len // slot - count * slab_len // slot
            free[slot] -= 1
            used[slot] = used.get(slot, 0) + 1
            live[block] = (slot, 0)
        peak, peak_large = max(peak, slabs * slab_len + large), max(peak_large, large)
    if wrong.get("at_the_end"):
        return slabs * slab_len + large
    return slabs * slab_len + peak_large if wrong.get("sum_of_peaks") else peak


def expected(events, slots, slab_len, page_len):
    return played(events, slots, slab_len, page_len)


def wrongly(**how):
    return lambda events, slots, slab_len, page_len: played(events, slots, slab_len, page_len, **how)


def lengths_only(events, slots, slab_len, page_len, given=lambda length, slots, page_len: length):
    """Wrong: what is live, without slabs."""
    live, peak = {}, 0
    for block, length in events:
        live[block] = given(length, slots, page_len) if length else 0
        peak = max(peak, sum(live.values()))
    return peak


def given_lengths(events, slots, slab_len, page_len):
    """Wrong: what blocks are given, without slabs."""

    def given(length, slots, page_len):
        return next((slot for slot in slots if slot >= length), -(-length // page_len) * page_len)

    return lengths_only(events, slots, slab_len, page_len, given)


TRAPS = {
    "A block that is as long as a slot fits into it.": wrongly(strict=True),
    "Large blocks are whole pages.": wrongly(bytes=True),
    "A large block's pages go back when it is freed.": wrongly(keeps_large=True),
    "That is what is mapped at the end; before, it was more.": wrongly(at_the_end=True),
    "Where large blocks and slabs were most at different moments, look for the moment when both together are.": (
        wrongly(sum_of_peaks=True)
    ),
    "A slot does not lie across two slabs: the rest of a slab stays empty.": wrongly(split=True),
    "A slab is never given back, also when all its slots are free.": wrongly(gives_back=True),
    "A freed slot is used again for the next block of its length.": wrongly(no_reuse=True),
    "What is asked for is less than what is mapped: slabs are mapped whole.": lengths_only,
    "What is given is less than what is mapped: slabs are mapped whole, one for each length at least.": given_lengths,
}
SLOTS, SLAB_LEN, PAGE_LEN = [16, 24, 40], 100, 50


def allocs(length, numbers):
    return [[number, length] for number in numbers]


def frees(numbers):
    return allocs(0, numbers)


SMALL = [
    [],
    [[0, 1]],
    [[0, 16]],
    [[0, 41]],
    [[0, 40]],
    [[0, 41], [0, 0]],
    [[0, 41], [0, 0], [1, 45]],
    [[0, 16], [1, 24]],
    [[0, 16], [0, 0], [1, 24]],
    [[0, 16], [0, 0], [1, 16]],
    [[0, 130], [0, 0], [1, 130], [1, 0], [2, 16]],
    allocs(30, range(3)),
    allocs(30, range(2)) + frees([0]) + allocs(40, [2]),
    allocs(20, range(4)),
    allocs(20, range(5)),
    allocs(40, range(5)),
    allocs(40, [0]) + frees([0]) + allocs(40, [1]) + frees([1]) + allocs(40, [2]),
    allocs(16, range(6)) + frees(range(6)) + allocs(24, range(6, 10)),
    allocs(16, range(7)) + frees(range(7)) + allocs(16, range(7, 14)),
    allocs(16, range(7)) + frees(range(7)) + [[20, 60], [20, 0], [21, 300], [22, 17]],
    [[0, 300], [0, 0], [20, 300], [20, 0], *allocs(16, range(1, 14))],
]


@pytest.mark.points(1)
def test_a_few_blocks(student, edition):
    slots, slab_len, page_len = edition("constants", [SLOTS, SLAB_LEN, PAGE_LEN])
    compare(student.peak_mapped, [[events, slots, slab_len, page_len] for events in SMALL], expected, TRAPS)


def random_events(draw, count):
    events, live = [], []
    for number in range(count):
        events.append([number, draw.choice([draw.randrange(1, 60), draw.randrange(1, 300), 40, 16])])
        live.append(number)
        while live and draw.random() < 0.45:
            events.append([live.pop(draw.randrange(len(live))), 0])
    return events


@pytest.mark.points(1)
def test_many_blocks_and_a_real_program(student, edition):
    draw = random.Random(edition.seed)
    rows = [[random_events(draw, count), SLOTS, SLAB_LEN, PAGE_LEN] for count in (5, 10, 20, 50, 200)]
    slots = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096, 8192, 16384]
    for name in ("sqlite", "git-repack"):
        events = [[block, 0 if op else length] for op, _, block, length, _ in first_events(name, 4000)]
        rows.append([events, slots, edition("slab_len", 32 * 1024), 4096])
    compare(student.peak_mapped, rows, expected, TRAPS)
