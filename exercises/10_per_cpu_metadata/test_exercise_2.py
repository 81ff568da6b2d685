"""Checks of exercise 10.2."""

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError, compare

LINES_SHOWN = 6


def up(value, line_len):
    return -(-value // line_len) * line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return up(table_addr, line_len) + index * up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return lane_count * up(lane_len, line_len) + line_len - 8


def always_one_further(value, line_len):
    return (value // line_len + 1) * line_len


ADDR_TRAPS = {
    "The first lane, too, begins at the start of a line.": lambda table_addr, index, lane_len, line_len: (
        table_addr + index * up(lane_len, line_len)
    ),
    "A lane has whole lines for itself: the next one begins at the start of a line.": (
        lambda table_addr, index, lane_len, line_len: up(table_addr, line_len) + index * lane_len
    ),
    "A lane may be longer than a line.": lambda table_addr, index, lane_len, line_len: (
        up(table_addr, line_len) + index * line_len
    ),
    "Before table_addr the memory is somebody else's.": lambda table_addr, index, lane_len, line_len: (
        table_addr // line_len * line_len + index * up(lane_len, line_len)
    ),
    "What is a multiple of line_len already needs no room more.": lambda table_addr, index, lane_len, line_len: (
        always_one_further(table_addr, line_len) + index * up(lane_len, line_len)
    ),
    "A lane whose length is a multiple of line_len already needs no line more.": (
        lambda table_addr, index, lane_len, line_len: (
            up(table_addr, line_len) + index * always_one_further(lane_len, line_len)
        )
    ),
    "The end of the lane before must be rounded up, not the sum of all.": (
        lambda table_addr, index, lane_len, line_len: up(table_addr + index * lane_len, line_len)
    ),
}
LEN_TRAPS = {
    "The memory may begin just behind the start of a line.": lambda lane_count, lane_len, line_len: (
        lane_count * up(lane_len, line_len)
    ),
    "It begins at a multiple of 8, and so at most line_len - 8 bytes before the start of a line.": (
        lambda lane_count, lane_len, line_len: lane_count * up(lane_len, line_len) + line_len
    ),
    "At worst it begins 8 bytes behind the start of a line: it begins at a multiple of 8.": (
        lambda lane_count, lane_len, line_len: lane_count * up(lane_len, line_len) + line_len - 1
    ),
    "Lines that hold the end of a lane hold nothing else, those of the last lane too.": (
        lambda lane_count, lane_len, line_len: (lane_count - 1) * up(lane_len, line_len) + lane_len + line_len - 8
    ),
    "Each lane is rounded up to whole lines, not the table.": (
        lambda lane_count, lane_len, line_len: up(lane_count * lane_len, line_len) + line_len - 8
    ),
}


def drawn(got, table_addr, index, lane_len, line_len):
    """The lane and the one before it, or else what lies before the table, and all lines that they touch."""
    lanes = [(f"lane {i}", lane_addr(table_addr, i, lane_len, line_len)) for i in (index - 1, index) if i >= 0]
    rows = [(name, start, start + lane_len) for name, start in lanes]
    if index == 0:
        rows.insert(0, ("others'", table_addr - 8, table_addr))
    if type(got) is int and abs(got - lanes[-1][1]) <= 2 * max(lane_len, line_len):
        rows.append(("yours", got, got + lane_len))
    first, last = min(row[1] for row in rows) // line_len, (max(row[2] for row in rows) - 1) // line_len
    lines = [("line", line * line_len, (line + 1) * line_len) for line in range(first, last + 1)]
    return bars([*(lines if len(lines) <= LINES_SHOWN else []), *rows])


def shapes(edition):
    """(lane_len, line_len)."""
    return [(24, 64), (64, 64), (72, 64), *edition("shapes", [(216, 64), (216, 128), (8, 16), (1048, 128)])]


@pytest.mark.points(1)
def test_where_each_lane_begins(student, edition):
    rows = [
        [table_addr, index, lane_len, line_len]
        for lane_len, line_len in shapes(edition)
        for table_addr in (1024, 1000, 8, 1032, 4096 - 8)
        for index in (0, 1, 2, 7)
    ]
    compare(student.lane_addr, rows, lane_addr, ADDR_TRAPS, drawn)


@pytest.mark.points(1)
def test_how_many_bytes_the_table_needs(student, edition):
    for lane_len, line_len in shapes(edition):
        for lane_count in (1, 2, 8):
            got = student.table_len(lane_count, lane_len, line_len)
            if type(got) is int and got < table_len(lane_count, lane_len, line_len):
                require_room(got, lane_count, lane_len, line_len)
            compare(student.table_len, [[lane_count, lane_len, line_len]], table_len, LEN_TRAPS)


def require_room(got, lane_count, lane_len, line_len):
    """Show a table that does not fit."""
    told = f"table_len({lane_count}, {lane_len}, {line_len}) gave {got}"
    for table_addr in range(1024, 1024 + line_len, 8):
        start = lane_addr(table_addr, lane_count - 1, lane_len, line_len)
        end = start + up(lane_len, line_len)
        if end > table_addr + got:
            reason = next(
                (words for words, trap in LEN_TRAPS.items() if trap(lane_count, lane_len, line_len) == got), ""
            )
            raise WrongAnswerError(
                f"{told}. In memory from {table_addr} to {table_addr + got}, lane {lane_count - 1} begins at {start}, "
                f"and its last line ends at {end}. {reason}".rstrip(),
                bars([("memory", table_addr, table_addr + got), (f"lane {lane_count - 1}'s lines", start, end)]),
            )
