"""Checks of exercise 13.2."""

import random

import pytest

from refalloc.course.expect import compare


def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    return next((share for share in range(unit + 1) if whole(share, ratio, unit) == measured), -1)


def largest_share(measured, ratio, unit):
    return next((share for share in range(unit, -1, -1) if whole(share, ratio, unit) == measured), -1)


def solved(measured, ratio, unit):
    """Wrong: the equation, solved without a look at what is rounded, or whether there is such a share."""
    return unit if ratio == unit else (unit - measured) * unit // (unit - ratio)


WHOLE_TRAPS = {
    "That is what the allocator takes now; the rest of the program is still there.": (
        lambda share, ratio, unit: share * ratio // unit
    ),
    "Only the share in the allocator gets faster.": lambda share, ratio, unit: ratio,
    "The share is of the time with the old allocator; the new one takes `ratio` of it.": (
        lambda share, ratio, unit: unit - share * ratio // unit
    ),
    "The time outside the allocator is unit less share.": lambda share, ratio, unit: unit + share * ratio // unit,
    "The new share is rounded down, not the time that is gained.": (
        lambda share, ratio, unit: unit - share * (unit - ratio) // unit
    ),
}
SHARE_TRAPS = {
    "A program may spend all of its time in the allocator: the share may be unit.": lambda measured, ratio, unit: next(
        (share for share in range(unit) if whole(share, ratio, unit) == measured), -1
    ),
    "That is the largest such share; the smallest is asked for.": largest_share,
    "Try it: does `whole` with that share give what was measured, and is it a share from 0 to unit?": solved,
    "Where no share explains it, the answer is -1.": lambda measured, ratio, unit: max(
        share_of(measured, ratio, unit), 0
    ),
    "An allocator that is slower has a share, too.": lambda measured, ratio, unit: (
        share_of(measured, ratio, unit) if ratio <= unit else -1
    ),
}
SMALL_WHOLE = [
    [0, 500],
    [1000, 500],
    [1000, 0],
    [500, 500],
    [300, 500],
    [100, 0],
    [300, 1000],
    [300, 2000],
    [333, 333],
    [1, 999],
    [17, 651],
]
SMALL_SHARE = [
    [1000, 500],
    [500, 500],
    [750, 500],
    [900, 0],
    [0, 0],
    [900, 500],
    [400, 500],
    [1100, 500],
    [1000, 1000],
    [990, 1000],
    [1300, 2000],
    [2000, 2000],
    [2500, 2000],
    [999, 999],
    [999, 998],
    [987, 651],
    [990, 990],
]


@pytest.mark.points(1)
def test_what_is_predicted_and_what_is_explained(student, edition):
    unit = edition("unit", 1000)
    draw = random.Random(edition.seed)
    compare(student.whole, [[*row, unit] for row in SMALL_WHOLE], whole, WHOLE_TRAPS)
    compare(student.share_of, [[*row, unit] for row in SMALL_SHARE], share_of, SHARE_TRAPS)
    shares = [[draw.randrange(unit + 1), draw.randrange(2 * unit), unit] for _ in range(200)]
    compare(student.whole, shares, whole, WHOLE_TRAPS)
    told = [[whole(*row) + draw.choice([0, 0, 0, 1]), row[1], unit] for row in shares[:60]]
    compare(student.share_of, told, share_of, SHARE_TRAPS)
