"""Checks of exercise 02.1."""

import itertools
import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare


def expected_align_up(addr, alignment):
    """By looking at one address after the other: slow, and plainly right."""
    return next(at for at in itertools.count(addr) if at % alignment == 0)


def expected_align_up_at(addr, alignment, offset):
    return next(at for at in itertools.count(addr) if (at + offset) % alignment == 0)


UP_TRAPS = {
    "An address that is a multiple already stays where it is.": lambda addr, alignment: (
        addr // alignment * alignment + alignment
    ),
    "That is below addr, where another block lies: round up.": lambda addr, alignment: addr // alignment * alignment,
    "That is right for alignments that are powers of two; here they may be any number.": lambda addr, alignment: (
        (addr + alignment - 1) & -alignment
    ),
    "That is no multiple of the alignment: rounding comes after adding.": lambda addr, alignment: addr + alignment - 1,
    "That is how far it is; the address is wanted.": lambda addr, alignment: -addr % alignment,
}
AT_TRAPS = {
    "That address is itself a multiple; it is the address plus the offset that must be one.": (
        lambda addr, alignment, offset: expected_align_up(addr, alignment)
    ),
    "That is where the header ends, address plus offset; where does it start?": lambda addr, alignment, offset: (
        expected_align_up_at(addr, alignment, offset) + offset
    ),
    "That is below addr, where another block lies.": lambda addr, alignment, offset: (
        expected_align_up(addr, alignment) - offset
    ),
    "Add the offset before you round, and not after.": lambda addr, alignment, offset: (
        expected_align_up(addr, alignment) + offset
    ),
    "There is a lower one.": lambda addr, alignment, offset: expected_align_up_at(addr, alignment, offset) + alignment,
}


def drawn(got, addr, alignment, offset):
    """What lies below addr, the header and the aligned block behind it; and the header where the learner has it."""
    header = expected_align_up_at(addr, alignment, offset)
    block = header + offset
    rows = [("taken", max(addr - 8, 0), addr), ("header", header, block), ("block", block, block + alignment)]
    if type(got) is int and abs(got - header) <= alignment + offset:
        rows.append(("yours", got, got + offset))
    return bars(rows)


@pytest.mark.points(1)
def test_an_address_is_rounded_up_to_a_multiple(student, edition):
    draw = random.Random(edition.seed)
    alignments = edition("alignments", [1, 8, 16, 48, 80, 4096])
    rows = [[100, 8], [96, 48], [100, 48], [0, 8], [1, 8], [8, 8], [9, 8]]
    rows += [[addr, alignment] for alignment in alignments for addr in range(3 * min(alignment, 40))]
    rows += [[draw.randrange(1 << 20), draw.choice(alignments)] for _ in range(100)]
    compare(student.align_up, rows, expected_align_up, UP_TRAPS)


@pytest.mark.points(1)
def test_what_comes_after_the_header_is_aligned(student, edition):
    draw = random.Random(edition.seed)
    alignments, offsets = edition("alignments", [1, 8, 16, 48]), edition("offsets", [0, 8, 12, 24, 100])
    rows = [[100, 16, 8], [104, 16, 8], [105, 16, 8], [96, 16, 0], [97, 16, 40]]
    rows += [[draw.randrange(1 << 12), alignment, offset] for alignment in alignments for offset in offsets * 4]
    compare(student.align_up_at, rows, expected_align_up_at, AT_TRAPS, drawn)
