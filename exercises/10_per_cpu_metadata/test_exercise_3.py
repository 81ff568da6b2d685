"""Checks of exercise 10.3."""

import random

import pytest

from refalloc.course.expect import compare


def simulated(
    accesses, line_len, reads_take=False, colds_count=False, forgets=True, by_last=False, first_only=False, own=False
):
    """The model; the last arguments make it wrong."""
    valid, lost, since, last = set(), set(), {}, {}
    found = [0, 0]
    for cpu, what, addr in accesses:
        line = addr // line_len
        if (cpu, line) not in valid:
            if (cpu, line) in lost or colds_count:
                words = since.get((cpu, line), [])
                if by_last:
                    words = [last.get(line)]
                if first_only:
                    words = words[:1]
                found[addr not in words] += 1
            valid.add((cpu, line))
            if forgets:
                since[cpu, line] = []
        if what == "write" or reads_take:
            for other in {one for one, its in valid | lost if its == line} - {cpu}:
                valid.discard((other, line))
                lost.add((other, line))
                since.setdefault((other, line), []).append(addr)
            last[line] = addr
            if own:
                since.setdefault((cpu, line), []).append(addr)
    return found


def moves(accesses, line_len):
    return simulated(accesses, line_len)


def wrong(**how):
    return lambda accesses, line_len: simulated(accesses, line_len, **how)


TRAPS = {
    "Who gets a line for the first time has not lost it.": wrong(colds_count=True),
    "Who reads takes the line from nobody.": wrong(reads_take=True),
    "What was written before this CPU had the line last is known to it.": wrong(forgets=False),
    "Not the last write alone: any since this CPU lost the line may be to its word.": wrong(by_last=True),
    "Not the first write alone: others write more before this CPU comes back.": wrong(first_only=True),
    "What counts is what others wrote, not what this CPU wrote itself.": wrong(own=True),
    "The order is [true, false].": lambda accesses, line_len: moves(accesses, line_len)[::-1],
    "Who reads a line that another wrote needs it anew, too.": lambda accesses, line_len: moves(
        [access for access in accesses if access[1] == "write"], line_len
    ),
    "A word is 8 bytes; what moves is a line of line_len.": lambda accesses, line_len: moves(accesses, 8),
}


def accesses_of(text):
    """Accesses from words: "0w0 1r8" is a write by CPU 0 to address 0, and a read by CPU 1 of address 8."""
    kinds = {"r": "read", "w": "write"}
    return [[int(word[0]), kinds[word[1]], int(word[2:])] for word in text.split()]


SMALL = [
    "0w0",
    "0w0 1w0",
    "0w0 1w8",
    "0w0 0w8 0r0",
    "0w0 1w0 0w0",
    "0w0 1w8 0w0",
    "0w0 1w8 0r0",
    "0w0 1r0 0w0",
    "0w0 1w0 0r8",
    "0w0 1w0 1w8 0r0",
    "0w0 1w8 1w0 0r0",
    "0w0 1r0 0w0 1r0",
    "0w0 1r8 0w0 1r8 0w0 1r8",
    "0w0 1w64 0w0 1w64",
    "0w0 1w0 0w8 1w8 0w8",
    "0r0 1r0 2r0 1w8 0r0 2r8",
    "0w0 1w8 2w16 0w0 1w8 2w16",
    "0r0 1w0 0r0 1w8 0r0",
]


@pytest.mark.points(1)
def test_a_few_accesses(student):
    compare(student.moves, [[accesses_of(text), 64] for text in SMALL], moves, TRAPS)


@pytest.mark.points(1)
def test_lines_of_other_lengths(student, edition):
    lengths = [8, 16, *edition("line_lens", [32, 128])]
    compare(student.moves, [[accesses_of(text), line_len] for line_len in lengths for text in SMALL], moves, TRAPS)


@pytest.mark.points(1)
def test_many_accesses(student, edition):
    draw = random.Random(edition.seed)
    rows = []
    for cpu_count, length in [(2, 8), (2, 20), (3, 40), (4, 200)] * 10:
        accesses = [
            [draw.randrange(cpu_count), draw.choice(["read", "write"]), 8 * draw.randrange(24)] for _ in range(length)
        ]
        rows.append([accesses, draw.choice([16, 32, 64])])
    compare(student.moves, rows, moves, TRAPS)
