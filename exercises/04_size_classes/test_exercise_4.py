"""Checks of exercise 04.4: on small histograms, and on what two real programs asked for."""

import collections
import functools
import itertools
import random

import pytest

from refalloc.course.expect import WrongAnswerError
from refalloc.student import call_text, shorten
from refalloc.trace.packed import ALLOC, load_trace

PROGRAMS = ("perl", "sqlite")
LARGEST = 32768  # bytes; longer blocks are large, and belong to no class


def given_bytes(histogram, slots):
    return sum(count * next(slot for slot in slots if slot >= length) for length, count in histogram)


def round_up(length, quantum):
    return -(-length // quantum) * quantum


def power_of_two_slots(histogram, quantum):
    """One slot for each power of two that some block needs."""
    powers = {max(1 << (length - 1).bit_length(), quantum) for length, _ in histogram}
    return sorted(powers)


def fewest_bytes(histogram, slot_count, quantum):
    """The least that is possible, by dynamic programming over the lengths, each rounded up to the quantum.

    best[i], for a given number of slots, is what the first i lengths cost when the last of them fills a slot.
    """
    need = collections.Counter()
    for length, count in histogram:
        need[round_up(length, quantum)] += count
    slots = sorted(need)
    counts = [0, *itertools.accumulate(need[slot] for slot in slots)]
    best = [0, *([float("inf")] * len(slots))]
    for _ in range(min(slot_count, len(slots))):
        best = [0] + [
            min(best[start] + (counts[end] - counts[start]) * slots[end - 1] for start in range(end))
            for end in range(1, len(slots) + 1)
        ]
    return best[-1]


@functools.cache
def program_histogram(name):
    trace = load_trace(name)
    lengths = trace.size[trace.op == ALLOC].tolist()
    return sorted([length, count] for length, count in collections.Counter(lengths).items() if length <= LARGEST)


def small_histograms(seed):
    draw = random.Random(seed)
    yield [[10, 5], [20, 1], [30, 1]], 2, 8
    yield [[100, 1]], 1, 16
    yield [[8, 1], [16, 1]], 4, 8
    yield [[8, 3], [16, 2], [24, 3], [32, 1]], 3, 8  # the best two slots are not among the best three
    yield [[1, 1000], [2, 1], [3, 1000], [100, 1]], 2, 1
    for slot_count in range(1, 5):
        lengths = sorted(draw.sample(range(1, 400), 9))
        yield [[length, draw.randint(1, 50)] for length in lengths], slot_count, draw.choice([8, 16])


def all_cases(edition):
    quantum = edition("quantum", 16)
    yield from small_histograms(edition.seed)
    for name in PROGRAMS:
        histogram = program_histogram(name)
        for slot_count in (4, len(power_of_two_slots(histogram, quantum))):
            yield histogram, slot_count, quantum


def chosen(student, case):
    """The learner's slots for a case, proved to be allowed."""
    histogram, slot_count, quantum = case
    slots = student.choose_slots(*case)
    wrong = None
    if type(slots) is not list or any(type(slot) is not int for slot in slots):
        wrong = "expected a list of ints"
        if slots is None:
            wrong += ". Is there a `return` on every path?"
    elif any(slot < 1 or slot % quantum for slot in slots):
        wrong = f"every slot must be a multiple of {quantum}"
    elif any(shorter >= longer for shorter, longer in itertools.pairwise(slots)):
        wrong = "slots must be in ascending order, no two the same"
    elif len(slots) > slot_count:
        wrong = f"those are {len(slots)} slots, and {slot_count} are allowed"
    elif not slots or slots[-1] < histogram[-1][0]:
        wrong = f"no slot holds the longest block, {histogram[-1][0]} bytes"
    if wrong is not None:
        raise WrongAnswerError(f"{named(case)} gave {shorten(slots)}: {wrong}")
    return slots


def named(case):
    return call_text("choose_slots", case, ["histogram", "slot_count", "quantum"])


@pytest.mark.points(1)
def test_the_slots_are_allowed(student, edition):
    for case in all_cases(edition):
        chosen(student, case)


@pytest.mark.points(1)
def test_as_many_slots_as_powers_of_two_give_fewer_bytes(student, edition):
    quantum = edition("quantum", 16)
    for name in PROGRAMS:
        histogram = program_histogram(name)
        powers = power_of_two_slots(histogram, quantum)
        got = given_bytes(histogram, chosen(student, (histogram, len(powers), quantum)))
        limit = given_bytes(histogram, powers)
        assert got < limit, (
            f"what {name} asked for, with {len(powers)} slots: yours give {got:,} bytes; powers of two, as many of "
            f"them, give {limit:,}. Where do most of the blocks lie?"
        )


@pytest.mark.points(1)
def test_no_other_slots_give_fewer_bytes(student, edition):
    for case in all_cases(edition):
        slots = chosen(student, case)
        got, best = given_bytes(case[0], slots), fewest_bytes(*case)
        assert got == best, (
            f"{named(case)} gave {shorten(slots)}, which give {got:,} bytes; {best:,} are possible. "
            "Does a slot end where no block does, or is a choice made too early?"
        )
