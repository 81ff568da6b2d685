"""Checks of exercise 04.2."""

import random

import pytest

from refalloc.course.expect import compare


def expected_slot_sizes(min_slot, max_slot, steps):
    """By trying every multiple of min_slot: it is a slot if it stands on a step of its doubling."""
    slots = []
    for slot in range(min_slot, max_slot + 1, min_slot):
        power = 1 << (slot - 1).bit_length() - 1 if slot > min_slot else min_slot
        if slot == min_slot or (slot - power) % max(power // steps, min_slot) == 0:
            slots.append(slot)
    return slots


def expected_size_class(length, slots):
    return sum(slot < length for slot in slots)


def unequal_steps(min_slot, max_slot, steps):
    """Steps that do not stop at min_slot."""
    slots, power = {min_slot}, min_slot
    while power < max_slot:
        slots.update(power + power * step // steps for step in range(1, steps + 1))
        power *= 2
    return sorted(slots)


def steps_of_each_slot(min_slot, max_slot, steps):
    """Steps that are taken from the slot before, not from the power of two below it."""
    slots = [min_slot]
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(slots[-1] // steps, min_slot))
    return slots


SLOT_TRAPS = {
    "max_slot is the last slot; the list goes past it.": lambda min_slot, max_slot, steps: [
        *expected_slot_sizes(min_slot, max_slot, steps),
        max_slot + max(max_slot // steps, min_slot),
    ],
    "A step has p // steps bytes, with the power of two p below, not the slot before, divided.": steps_of_each_slot,
    "max_slot is the last slot, and it is missing.": lambda *knobs: expected_slot_sizes(*knobs)[:-1],
    "min_slot is the first slot, and it is missing.": lambda *knobs: expected_slot_sizes(*knobs)[1:],
    "A step is never shorter than min_slot.": unequal_steps,
    "That is one class a doubling; there are `steps` of them.": lambda min_slot, max_slot, steps: expected_slot_sizes(
        min_slot, max_slot, 1
    ),
    "Steps grow with the power of two that they start from; these are all min_slot long.": (
        lambda min_slot, max_slot, steps: list(range(min_slot, max_slot + 1, min_slot))
    ),
    "Each slot stands in the list once.": lambda min_slot, max_slot, steps: sorted(
        [*expected_slot_sizes(min_slot, max_slot, steps), *doublings(min_slot, max_slot)]
    ),
}
CLASS_TRAPS = {
    "That is the slot; its place in the list is wanted.": lambda length, slots: next(
        (slot for slot in slots if slot >= length), None
    ),
    "A length that fills a slot needs no larger one.": lambda length, slots: sum(slot <= length for slot in slots),
    "That slot is too short for the length.": lambda length, slots: max(sum(slot < length for slot in slots) - 1, 0),
    "No slot is long enough: give len(slots).": lambda length, slots: -1,
    "No slot is long enough: give len(slots), one more than the last place.": lambda length, slots: len(slots) - 1,
}


def doublings(min_slot, max_slot):
    """The powers of two strictly between."""
    return [1 << power for power in range(min_slot.bit_length(), max_slot.bit_length() - 1)]


@pytest.mark.points(2)
def test_slots_grow_in_equal_steps_between_powers_of_two(student, edition):
    rows = [
        [min_slot, min_slot << doubling_count, steps]
        for doubling_count in (1, 2, 3, 6)
        for min_slot in edition("min_slots", [8, 16, 64])
        for steps in edition("steps", [1, 2, 4, 8])
    ]
    compare(student.slot_sizes, rows, expected_slot_sizes, SLOT_TRAPS)


@pytest.mark.points(1)
def test_a_length_gets_the_smallest_slot_that_holds_it(student, edition):
    draw = random.Random(edition.seed)
    tables = [[16, 32, 48, 64], expected_slot_sizes(16, 1024, 4), sorted(draw.sample(range(8, 5000), 30))]
    rows = [[length, slots] for slots in tables for length in range(1, slots[-1] + 2, max(slots[-1] // 500, 1))]
    rows += [[slots[-1] + 1, slots] for slots in tables]
    compare(student.size_class, rows, expected_size_class, CLASS_TRAPS)
