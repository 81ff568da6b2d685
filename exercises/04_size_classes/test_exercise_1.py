"""Checks of exercise 04.1."""

import itertools

import pytest

from refalloc.course.expect import compare


def expected_slot_size(size_class, min_slot):
    return min_slot * 2**size_class


def expected_size_class(length, alignment, min_slot):
    """By search, slot by slot: slow, and plainly right."""
    classes = itertools.count()
    return next(c for c in classes if expected_slot_size(c, min_slot) >= max(length, alignment))


SLOT_TRAPS = {
    "Class 0 has slots of min_slot bytes, whatever min_slot is.": lambda size_class, min_slot: 8 << size_class,
    "Each class doubles the slot; it does not add min_slot to it.": lambda size_class, min_slot: (
        min_slot * (size_class + 1)
    ),
}
LENGTH_TRAPS = {
    "A length that is a power of two fills its slot: it needs no larger one.": lambda length, alignment, min_slot: max(
        max(length, alignment).bit_length() - min_slot.bit_length() + 1, 0
    ),
    "That slot is too short: the block would run into its neighbour.": lambda length, alignment, min_slot: max(
        max(length, alignment).bit_length() - min_slot.bit_length(), 0
    ),
    "That is right for a smallest slot of 8 bytes only.": lambda length, alignment, min_slot: expected_size_class(
        length, alignment, 8
    ),
    "Lengths below min_slot belong to class 0: no class comes before it.": lambda length, alignment, min_slot: (
        (length - 1).bit_length() - min_slot.bit_length() + 1
    ),
}
ALIGN_TRAPS = {
    "The slot holds the length, but it need not lie at a multiple of the alignment.": lambda length, *rest: (
        expected_size_class(length, 1, rest[-1])
    ),
}


def smallest_slots(edition):
    return edition("min_slots", [8, 16, 32, 64])


def test_slots_double_from_class_to_class(student, edition):
    rows = [[size_class, min_slot] for size_class in range(14) for min_slot in smallest_slots(edition)]
    compare(student.slot_size, rows, expected_slot_size, SLOT_TRAPS)


@pytest.mark.points(1)
def test_a_slot_of_the_class_holds_the_length_and_no_smaller_one_does(student, edition):
    lengths = [*range(1, 300), *(2**power + step for power in range(9, 16) for step in (-1, 0, 1))]
    rows = [[length, 1, min_slot] for length in lengths for min_slot in smallest_slots(edition)]
    compare(student.size_class, rows, expected_size_class, LENGTH_TRAPS)


@pytest.mark.points(1)
def test_a_slot_of_the_class_is_aligned_enough(student, edition):
    rows = [
        [length, 2**power, min_slot]
        for length in (1, 7, 8, 9, 100, 128, 129, 5000)
        for power in range(14)
        for min_slot in smallest_slots(edition)
    ]
    compare(student.size_class, rows, expected_size_class, LENGTH_TRAPS | ALIGN_TRAPS)
