"""Checks of exercise 14.2."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare


def found(calls, addr, reach, order=("live", "freed", "past"), first_freed=False, closed=False, told="free", far=False):
    """The answer; the last arguments make it wrong."""
    live, freed = {}, []
    for number, (start, length) in enumerate(calls):
        if length:
            live[start] = (length, number)
        else:
            freed.append((start, live[start][0], live[start][1] if told == "malloc" else number))
            del live[start]
    extra = 1 if closed else 0
    in_live = [(start, number) for start, (length, number) in live.items() if start <= addr < start + length + extra]
    in_freed = [(start, number) for start, length, number in reversed(freed) if start <= addr < start + length]
    before = [(start, number) for start, (length, number) in live.items() if 0 <= addr - start - length < reach]
    hits = {"live": in_live, "freed": in_freed, "past": sorted(before, reverse=not far)}
    if first_freed:
        hits["freed"].reverse()
    for word in order:
        if hits[word]:
            start, number = hits[word][0]
            return [word, number, addr - start]
    return ["unknown", -1, 0]


def verdict(calls, addr, reach):
    return found(calls, addr, reach)


def forgets_what_came_after(calls, addr, reach):
    """Wrong: a block that was freed counts as freed, also when its place was handed out again."""
    return found(calls, addr, reach, ("freed", "live", "past"))


def from_the_end(calls, addr, reach):
    word, number, offset = found(calls, addr, reach)
    return [word, number, offset - calls[number][1] if word == "past" else offset]


def drawn(_, calls, addr, reach):
    """The blocks near the address, in the order of the calls that say so, and the address."""
    live, blocks = {}, []
    for number, (start, length) in enumerate(calls):
        if length:
            live[start] = (number, "live", length)
        else:
            blocks.append((number, "freed", start, live.pop(start)[2]))
    blocks += [(number, what, start, length) for start, (number, what, length) in live.items()]
    near = [block for block in sorted(blocks) if block[2] - reach <= addr < block[2] + block[3] + reach]
    rows = [(f"call {number}: {what}", start, start + length) for number, what, start, length in near]
    return bars([*rows, ("addr", addr, addr + 1)])


TRAPS = {
    "A live block's last byte is the one before its end.": lambda *row: found(*row, closed=True),
    "Its place has been handed out again since, and the new block is live.": forgets_what_came_after,
    "A block that was freed comes before one that ends nearby.": lambda *row: found(*row, ("live", "past", "freed")),
    "Of several blocks that were freed, take the one that was freed last.": lambda *row: found(*row, first_freed=True),
    "For a block that was freed, its free is the call that says so.": lambda *row: found(*row, told="malloc"),
    "Of several blocks that end before it, take the nearest.": lambda *row: found(*row, far=True),
    "The offset is from the block's start, not from its end.": from_the_end,
    "An address is past the end only within reach of it.": lambda calls, addr, reach: found(calls, addr, 10**9),
}
STORIES = [
    [],
    [[64, 10]],
    [[64, 10], [64, 0]],
    [[64, 10], [96, 10]],
    [[64, 10], [64, 0], [64, 4]],
    [[64, 10], [64, 0], [64, 4], [64, 0]],
    [[64, 32], [96, 10], [64, 0]],
    [[64, 4], [72, 4], [80, 4]],
    [[64, 32], [64, 0], [64, 8], [64, 0], [80, 8], [80, 0]],
    [[64, 8], [64, 0], [56, 8]],
]


@pytest.mark.points(1)
def test_every_address_near_the_blocks(student, edition):
    reach = edition("reach", 16)
    rows = [[calls, addr, reach] for calls in STORIES for addr in range(50, 125)]
    compare(student.verdict, rows, verdict, TRAPS, drawn)
    draw = random.Random(edition.seed)
    rows = []
    for _ in range(60):
        live, calls = {}, []
        for _ in range(draw.randrange(5, 60)):
            start = 64 * draw.randrange(8)
            calls.append([start, 0 if start in live else draw.choice([1, 20, 40, 63, 64])])
            if live.pop(start, None) is None:
                live[start] = True
        rows += [[calls, draw.randrange(600), reach] for _ in range(5)]
    compare(student.verdict, rows, verdict, TRAPS, drawn)
