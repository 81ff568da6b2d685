"""Checks of exercise 06.2."""

import math

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare

SLOTS_SHOWN = 8


def expected_until_stop(shift, slot_len, slab_len):
    """By solving shift + n * slot_len = 0 in the remainders of slab_len."""
    common = math.gcd(slot_len, slab_len)
    if shift % common:
        return 0
    cycle = slab_len // common
    return -shift // common * pow(slot_len // common, -1, cycle) % cycle or cycle


def expected_past_the_end(slot_len, slab_len, page_len):
    stops = [expected_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(stop == 0 or stop * slot_len > slab_len for stop in stops)


def rounded(shift, slot_len, slab_len):
    return (slab_len - shift) // slot_len


def rounded_up(shift, slot_len, slab_len):
    return -(-(slab_len - shift) // slot_len)


def drawn(_, shift, slot_len, slab_len):
    """The slab, its slots up to the next multiple of slab_len and past it, and that multiple; none of many slots."""
    starts = range(shift, slab_len, slot_len)
    if len(starts) > SLOTS_SHOWN:
        return []
    slots = [(f"slot {number}", start, start + slot_len) for number, start in enumerate(starts, start=1)]
    return bars([("slab", shift, shift + slab_len), *slots, (f"at {slab_len}", slab_len, slab_len + 1)])


UNTIL_TRAPS = {
    "The next multiple of slab_len lies inside a slot: it is not stopped there.": rounded,
    "The next multiple of slab_len lies inside a slot, and is stepped over.": rounded_up,
    "That is what the slab has room for; the end test does not know where the slab ends.": lambda shift, slot, slab: (
        slab // slot
    ),
    "Never to stop is 0.": lambda *knobs: -1,
    "The test comes after a slot: the start of the slab, before the first one, does not stop it.": (
        lambda shift, slot_len, slab_len: 0 if shift == slab_len % slot_len == 0 else None
    ),
    "It goes past one multiple of slab_len, and stops at a later one.": lambda *knobs: 0,
}
PAST_TRAPS = {
    "A shift of 0 is no shift, and slab_len is none either.": lambda slot_len, slab_len, page_len: (
        expected_past_the_end(slot_len, slab_len, page_len) + 1
    ),
    "That counts the shifts at which it stops in time.": lambda slot_len, slab_len, page_len: (
        slab_len // page_len - 1 - expected_past_the_end(slot_len, slab_len, page_len)
    ),
    "It may stop, and yet too late.": lambda slot_len, slab_len, page_len: sum(
        expected_until_stop(shift, slot_len, slab_len) == 0 for shift in range(page_len, slab_len, page_len)
    ),
}


@pytest.mark.points(1)
def test_slots_of_powers_of_two(student, edition):
    rows = [[0, 16, 64], [32, 16, 64], [8, 16, 64], [48, 32, 64], [32, 32, 64], [16, 64, 64], [0, 64, 64]]
    slab_len = edition("slab_len_for_powers", 8192)
    rows += [[shift, 1 << power, slab_len] for power in range(6, 13) for shift in range(0, slab_len, slab_len // 16)]
    compare(student.slots_until_stop, rows, expected_until_stop, UNTIL_TRAPS, drawn)


@pytest.mark.points(1)
def test_slots_of_any_length(student, edition):
    slab_len = edition("slab_len_for_any", 4096)
    rows = [[0, 24, 64], [16, 24, 64], [0, 48, 64], [16, 48, 64], [8, 48, 64], [0, 5, 12], [1, 5, 12], [3, 9, 12]]
    rows += [[shift, slot_len, slab_len] for slot_len in (48, 80, 96, 112, 320) for shift in (0, 16, 64, 1024, 1032)]
    compare(student.slots_until_stop, rows, expected_until_stop, UNTIL_TRAPS, drawn)


@pytest.mark.points(1)
def test_shifts_at_which_slots_reach_past_the_end(student, edition):
    slab_len = edition("slab_len", 65536)
    rows = [[32, 64, 16], [16, 64, 16], [64, 64, 16], [48, 64, 16], [32, 128, 16]]
    rows += [[1 << power, slab_len, page_len] for page_len in (4096, 16384) for power in range(11, 17)]
    compare(student.shifts_past_the_end, rows, expected_past_the_end, PAST_TRAPS)
