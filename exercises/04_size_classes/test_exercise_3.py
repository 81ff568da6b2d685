"""Checks of exercise 04.3."""

import random
from fractions import Fraction

import pytest

from refalloc.course.expect import compare


def slot_for(length, slots):
    return next(slot for slot in slots if slot >= length)


def expected_waste_percent(lengths, slots):
    asked, given = sum(lengths), sum(slot_for(length, slots) for length in lengths)
    return 100 * (given - asked) // asked


def expected_worst_length(slots, shortest):
    """Exact, and by trying every length."""
    return max(range(shortest, slots[-1] + 1), key=lambda length: Fraction(slot_for(length, slots), length))


def mean_of_shares(lengths, slots):
    return sum(100 * (slot_for(length, slots) - length) // length for length in lengths) // len(lengths)


def share_of_given(lengths, slots):
    asked, given = sum(lengths), sum(slot_for(length, slots) for length in lengths)
    return 100 * (given - asked) // given


def factor(lengths, slots):
    return 100 + expected_waste_percent(lengths, slots)


def rounded(lengths, slots):
    asked, given = sum(lengths), sum(slot_for(length, slots) for length in lengths)
    return round(100 * (given - asked) / asked)


def next_slot_up(lengths, slots):
    asked = sum(lengths)
    given = sum(next((slot for slot in slots if slot > length), slots[-1]) for length in lengths)
    return 100 * (given - asked) // asked


WASTE_TRAPS = {
    "A length that fills a slot needs no larger one.": next_slot_up,
    "That is the share of what was given; divide by what was asked for.": share_of_given,
    "That is given in percent of asked, the waste and the 100 percent that were wanted.": factor,
    "That is the mean of the blocks' own percentages; add up all bytes first, then divide once.": mean_of_shares,
    "Round down.": rounded,
    "Multiply by 100 before you divide: // leaves nothing of a share below 1.": lambda lengths, slots: (
        expected_waste_percent(lengths, slots) // 100 * 100
    ),
}
WORST_TRAPS = {
    "It is not the shortest of those that waste that share.": lambda slots, shortest: max(
        range(shortest, slots[-1] + 1), key=lambda length: (Fraction(slot_for(length, slots), length), length)
    ),
    "It wastes the most bytes, but not the largest share of what it asks for.": lambda slots, shortest: max(
        range(shortest, slots[-1] + 1), key=lambda length: slot_for(length, slots) - length
    ),
    "That is its slot; the length is wanted.": lambda slots, shortest: slot_for(
        expected_worst_length(slots, shortest), slots
    ),
    "It is shorter than `shortest`.": lambda slots, shortest: expected_worst_length(slots, 1),
    "A slot that is filled wastes nothing; the worst is one byte more.": lambda slots, shortest: (
        expected_worst_length(slots, shortest) - 1
    ),
}


def tables(edition):
    min_slot = edition("min_slot", 16)
    doubling = [min_slot << power for power in range(8)]
    return [[min_slot * step for step in range(1, 5)], doubling, sorted({*doubling, *(3 * s // 2 for s in doubling)})]


@pytest.mark.points(1)
def test_waste_is_counted_over_all_blocks_together(student, edition):
    draw = random.Random(edition.seed)
    rows = [[[10, 16], [8, 16]], [[16], [16]], [[16], [16, 32]], [[17], [16, 32]], [[1, 100], [8, 128]]]
    for slots in tables(edition):
        rows += [[[draw.randint(1, slots[-1]) for _ in range(count)], slots] for count in (2, 10, 100)]
        rows.append([list(range(1, slots[-1] + 1)), slots])
    compare(student.waste_percent, rows, expected_waste_percent, WASTE_TRAPS)


@pytest.mark.points(1)
def test_the_worst_length_wastes_the_largest_share(student, edition):
    rows = [[slots, shortest] for slots in tables(edition) for shortest in (16, 17, 40, 1, slots[-1])]
    rows += [[[10, 22], 5], [[10, 22, 46], 11]]  # two lengths that waste the same share
    compare(student.worst_length, [row for row in rows if row[1] <= row[0][-1]], expected_worst_length, WORST_TRAPS)
