"""Checks of exercise 07.1."""

import itertools
import random

import pytest

from refalloc.course.expect import compare


def expected_given_len(length, slots, page_len):
    """By going through all that can be given, smallest first."""
    pages = itertools.count(page_len, page_len)
    return next(given for given in itertools.chain(slots if length <= slots[-1] else (), pages) if given >= length)


def expected_answer(length, new_length, slots, page_len):
    was_large, is_large = length > slots[-1], new_length > slots[-1]
    same = expected_given_len(length, slots, page_len) == expected_given_len(new_length, slots, page_len)
    if was_large != is_large:
        return "refused"
    if same:
        return "done"
    return "system" if is_large else "refused"


def given_by_next_slot(length, slots, page_len):
    """A full slot goes up."""
    return next((slot for slot in slots if slot > length), expected_given_len(length + 1, slots, page_len))


GIVEN_TRAPS = {
    "A length that fills a slot, or whole pages, needs no more.": given_by_next_slot,
    "A block that no slot holds is given whole pages.": lambda length, slots, page_len: length,
    "No slot is that long: it is given pages.": lambda length, slots, page_len: slots[-1],
    "Only what no slot holds is given pages.": lambda length, slots, page_len: -(-length // page_len) * page_len,
    "Round up to whole pages: the end of the block needs a page too.": lambda length, slots, page_len: (
        length // page_len * page_len
    ),
}
FITS = "It fits, but free would be told the new length, and push the slot into the list of shorter ones."
ANSWER_TRAPS = {
    FITS: lambda length, new_length, slots, page_len: (
        "done" if new_length <= length <= slots[-1] else None  # to shrink is always in order
    ),
    "A slot does not become pages, nor do pages become a slot: free would look for it in the wrong place.": (
        lambda length, new_length, slots, page_len: (
            "system" if (length > slots[-1]) != (new_length > slots[-1]) else None
        )
    ),
    "The slot is long enough for both, and the right one for both.": lambda length, new_length, slots, page_len: (
        "refused" if max(length, new_length) <= slots[-1] else None
    ),
    "That needs as many pages as before: nothing has to be done.": lambda length, new_length, slots, page_len: (
        "system" if min(length, new_length) > slots[-1] else None
    ),
    "Pages can be added and given back: the system decides.": lambda length, new_length, slots, page_len: (
        "done" if min(length, new_length) > slots[-1] else None
    ),
    "Both are large: the system decides.": lambda length, new_length, slots, page_len: (
        "refused" if min(length, new_length) > slots[-1] else None
    ),
    "One is small and the other large: free would look for it in the wrong place.": (
        lambda length, new_length, slots, page_len: "done"
    ),
}


def tables(edition):
    powers = [8 << power for power in range(13)]
    return edition("tables", [([64, 128], 4096), ([16, 48, 80], 64), (powers, 4096), (powers, 16384)])


def edges(slots, page_len):
    """Lengths at and beside each edge, smallest first."""
    around = [*slots, *(slots[-1] + pages * page_len for pages in range(4)), page_len, 3 * page_len, 9 * page_len]
    return sorted({edge + step for edge in around for step in (-1, 0, 1)} - {0})


@pytest.mark.points(1)
def test_a_block_is_given_a_slot_or_whole_pages(student, edition):
    rows = [[length, slots, page_len] for slots, page_len in tables(edition) for length in edges(slots, page_len)]
    compare(student.given_len, rows, expected_given_len, GIVEN_TRAPS)


@pytest.mark.points(1)
def test_resize_says_what_free_can_live_with(student, edition):
    draw = random.Random(edition.seed)
    rows = []
    for slots, page_len in tables(edition):
        pairs = list(itertools.product(edges(slots, page_len), repeat=2))
        chosen = sorted(draw.sample(range(len(pairs)), min(len(pairs), 300)))  # in order: smallest first
        rows += [[*pairs[number], slots, page_len] for number in chosen]
    first = [[100, 100], [100, 128], [128, 65], [100, 50], [100, 129], [5000, 100], [5000, 8192], [5000, 9000]]
    compare(student.answer, [*([*pair, [64, 128], 4096] for pair in first), *rows], expected_answer, ANSWER_TRAPS)
