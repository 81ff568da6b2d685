"""Checks of exercise 01.3: small logs by hand, then logs of two allocators, one of which is wrong now and then."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare


def expected_overlap(log):
    """Byte by byte: slow, and plainly right."""
    taken = set()
    for number, (what, addr, length) in enumerate(log):
        block = set(range(addr, addr + length))
        if what == "free":
            taken -= block
        elif taken & block:
            return number
        else:
            taken |= block
    return -1


def by(overlap, frees=True):
    """A wrong first_overlap, which compares blocks by overlap((addr, length), (addr, length))."""

    def find(log):
        live = []
        for number, (what, addr, length) in enumerate(log):
            if what == "free":
                if frees:
                    live.remove((addr, length))
            elif any(overlap(other, (addr, length)) for other in live):
                return number
            else:
                live.append((addr, length))
        return -1

    return find


def first_shared_byte(log):
    """Where the second block has the first byte that somebody has already, in place of the event's number."""
    number = expected_overlap(log)
    if number == -1:
        return None
    live = [event[1:] for event in log[:number] if event[0] == "alloc" and ["free", *event[1:]] not in log[:number]]
    start = log[number][1]
    return min((max(addr, start) for addr, length in live if overlaps((addr, length), log[number][1:])), default=None)


def touches(a, b):
    return a[0] <= b[0] + b[1] and b[0] <= a[0] + a[1]


def overlaps(a, b):
    return a[0] < b[0] + b[1] and b[0] < a[0] + a[1]


def with_neighbour(log):
    """Looks at the block before in the log only."""
    for number in range(1, len(log)):
        before, now = log[number - 1], log[number]
        if before[0] == now[0] == "alloc" and overlaps(before[1:], now[1:]):
            return number
    return -1


TRAPS = {
    "A block that was given back has no bytes any more: they may be handed out again.": by(overlaps, frees=False),
    "Those two blocks only touch: one ends where the other starts, and no byte belongs to both.": by(touches),
    "The new block starts before a live one, and reaches into it.": by(lambda a, b: a[0] <= b[0] < a[0] + a[1]),
    "The new block starts inside a live one, and ends after it.": by(
        lambda a, b: b[0] <= a[0] < b[0] + b[1] or a[0] < b[0] + b[1] <= a[0] + a[1]
    ),
    "Blocks can overlap without starting at one address.": by(lambda a, b: a[0] == b[0]),
    "Compare with every live block, not with the one before.": with_neighbour,
    "Nothing overlaps here: -1 is the answer.": lambda log: len(log) if expected_overlap(log) == -1 else None,
    "Events are numbered from 0.": lambda log: expected_overlap(log) + 1,
    "That is an address; give the number of the event, its place in the log.": lambda log: first_shared_byte(log),
    "That is the event before; the allocator goes wrong when it hands out the second block.": lambda log: (
        expected_overlap(log) - 1
    ),
}


def drawn(_, log):
    """The blocks that are live at the event that is meant, or at the end, and that event's own."""
    live, place = [], expected_overlap(log)
    for number, (what, addr, length) in enumerate(log[: place + 1 or None]):
        if what == "free":
            live.remove((addr, length, next(old[2] for old in live if old[:2] == (addr, length))))
        else:
            live.append((addr, length, number))
    return bars([(f"event {number}", addr, addr + length) for addr, length, number in live])


def by_hand():
    yield [["alloc", 0, 10], ["alloc", 8, 10]]
    yield [["alloc", 8, 10], ["alloc", 0, 10]]
    yield []
    yield [["alloc", 0, 8]]
    yield [["alloc", 0, 8], ["alloc", 8, 8]]
    yield [["alloc", 8, 8], ["alloc", 0, 8]]
    yield [["alloc", 0, 8], ["alloc", 0, 8]]
    yield [["alloc", 0, 32], ["alloc", 8, 8]]
    yield [["alloc", 8, 8], ["alloc", 0, 32]]
    yield [["alloc", 0, 9], ["alloc", 16, 8], ["alloc", 8, 8]]
    yield [["alloc", 0, 8], ["alloc", 16, 8], ["alloc", 4, 4], ["alloc", 16, 8]]


def with_frees():
    yield [["alloc", 0, 8], ["free", 0, 8], ["alloc", 0, 8]]
    yield [["alloc", 0, 16], ["free", 0, 16], ["alloc", 8, 16], ["alloc", 0, 9]]
    yield [["alloc", 0, 8], ["alloc", 8, 8], ["free", 0, 8], ["alloc", 0, 8], ["alloc", 8, 8]]


def of_an_allocator(draw, event_count, wrong_percent):
    """A log of an allocator that takes the first gap, and now and then takes a block to be shorter than it is."""
    live, log = [], []
    for _ in range(event_count):
        if live and draw.random() < 0.4:
            log.append(["free", *live.pop(draw.randrange(len(live)))])
            continue
        length, addr = draw.randint(1, 40), 0
        for start, other_len in sorted(live):
            if addr + length <= start:
                break
            addr = max(addr, start + other_len)
        if live and draw.randrange(100) < wrong_percent:
            addr = max(addr - draw.randint(1, 3), 0)
        live.append((addr, length))
        log.append(["alloc", addr, length])
    return log


@pytest.mark.points(1)
def test_blocks_that_are_kept_are_told_apart_to_the_byte(student, edition):
    draw = random.Random(edition.seed)
    rows = [[log] for log in by_hand()]
    for count in range(2, 8):
        rows += [[[["alloc", draw.randrange(60), draw.randint(1, 12)] for _ in range(count)]] for _ in range(20)]
    compare(student.first_overlap, rows, expected_overlap, TRAPS, drawn)


@pytest.mark.points(1)
def test_bytes_that_were_given_back_may_be_handed_out_again(student, edition):
    draw = random.Random(edition.seed)
    rows = [[log] for log in with_frees()]
    rows += [[of_an_allocator(draw, count, percent)] for count in (6, 12, 50, 200) for percent in (0, 10, 2)]
    compare(student.first_overlap, rows, expected_overlap, TRAPS, drawn)
