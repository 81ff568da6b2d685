"""Checks of exercise 13.1."""

import random
import statistics

import pytest

from refalloc.course.expect import compare


def ratios(ours, theirs, unit):
    return [our * unit // their for our, their in zip(ours, theirs, strict=True)]


def quartiles(found):
    found = sorted(found)
    quarter = len(found) // 4
    return [found[quarter], found[len(found) // 2], found[-1 - quarter]]


def spread(ours, theirs, unit):
    return quartiles(ratios(ours, theirs, unit))


def word(low, high, unit):
    if high < unit:
        return "faster"
    return "slower" if low > unit else "nobody knows"


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    return word(low, high, unit)


def by_middle(ours, theirs, unit):
    middle = spread(ours, theirs, unit)[1]
    return word(middle, middle, unit)


SPREAD_TRAPS = {
    "Multiply first, and divide by //: a float is a little off, and rounding down makes that one.": (
        lambda ours, theirs, unit: quartiles([int(our / their * unit) for our, their in zip(ours, theirs, strict=True)])
    ),
    "A ratio is of ours to theirs, not the other way round.": lambda ours, theirs, unit: spread(theirs, ours, unit),
    "Sort the ratios, not the times: a round is a pair, and its two times belong together.": (
        lambda ours, theirs, unit: spread(sorted(ours), sorted(theirs), unit)
    ),
    "The ratios have to be sorted before one of them is the middle.": lambda ours, theirs, unit: (
        [ratios(ours, theirs, unit)[at] for at in (len(ours) // 4, len(ours) // 2, -1 - len(ours) // 4)]
    ),
    "Those are the least and the most; a quarter of the ratios lies before the lower quartile.": (
        lambda ours, theirs, unit: [
            min(ratios(ours, theirs, unit)),
            spread(ours, theirs, unit)[1],
            max(ratios(ours, theirs, unit)),
        ]
    ),
    "The middle is not the mean: one disturbed round moves a mean as far as it likes.": lambda ours, theirs, unit: [
        spread(ours, theirs, unit)[0],
        sum(ratios(ours, theirs, unit)) // len(ours),
        spread(ours, theirs, unit)[2],
    ],
    "Divide round by round: a ratio of two middles pairs times of different rounds.": lambda ours, theirs, unit: [
        spread(ours, theirs, unit)[0],
        int(statistics.median(ours) * unit // statistics.median(theirs)),
        spread(ours, theirs, unit)[2],
    ],
}
VERDICT_TRAPS = {
    "The middle alone says nothing: look on which side of unit the quartiles lie.": by_middle,
    "Less time is faster.": lambda ours, theirs, unit: {"faster": "slower", "slower": "faster"}.get(
        verdict(ours, theirs, unit), "nobody knows"
    ),
    "All rounds need not agree: the quartiles leave out the quarter at each end.": lambda ours, theirs, unit: word(
        min(ratios(ours, theirs, unit)), max(ratios(ours, theirs, unit)), unit
    ),
    "Where a quartile is just unit, nobody knows.": lambda ours, theirs, unit: word(
        spread(ours, theirs, unit)[0] + 1, spread(ours, theirs, unit)[2] - 1, unit
    ),
}
SMALL = [
    ([10], [10]),
    ([5], [10]),
    ([30], [20]),
    ([9, 10, 12], [10, 10, 10]),
    ([12, 9, 11], [10, 10, 10]),
    ([30, 10, 20], [10, 20, 30]),
    ([8, 7, 9, 30, 6], [10, 10, 10, 10, 10]),
    ([10, 8, 9, 9, 7], [10, 10, 10, 10, 10]),
    ([10, 10, 8, 9, 9], [10, 10, 10, 10, 10]),
    ([12, 11, 3, 13, 12], [10, 10, 10, 10, 10]),
    ([10, 13, 10, 14, 3], [10, 10, 10, 10, 10]),
    ([9, 11, 8, 12, 10, 7, 300], [10, 10, 10, 10, 10, 10, 10]),
    ([20, 19, 18, 17, 16, 15, 14, 13, 12], [10, 20, 30, 20, 10, 20, 30, 20, 10]),
]


def rows_of(cases, unit):
    return [[ours, theirs, unit] for ours, theirs in cases]


def drawn(edition):
    """Rounds as a busy machine gives them: both slow at once, and now and then one alone."""
    draw = random.Random(edition.seed)
    cases = []
    for count in (5, 9, 15, 31) * 6:
        true_ratio = draw.choice([0.7, 0.95, 1.0, 1.05, 1.5])
        load = [draw.choice([1, 1, 1, 2, 3]) for _ in range(count)]
        theirs = [int(1000 * slow * draw.uniform(0.97, 1.03)) for slow in load]
        ours = [int(1000 * slow * true_ratio * draw.uniform(0.97, 1.03)) for slow in load]
        ours[draw.randrange(count)] *= draw.choice([1, 20])
        cases.append((ours, theirs))
    return cases


@pytest.mark.points(1)
def test_the_spread_and_what_may_be_said(student, edition):
    unit = edition("unit", 1000)
    for cases in (SMALL, drawn(edition)):
        compare(student.spread, rows_of(cases, unit), spread, SPREAD_TRAPS)
        compare(student.verdict, rows_of(cases, unit), verdict, VERDICT_TRAPS)
    compare(student.spread, [[[29], [100], 100], [[57], [100], 100]], spread, SPREAD_TRAPS)
