import io

import pytest
from rich.console import Console

from refalloc.commands.printing import print_line

ROW = "       2  takes lane 0" + " " * 60 + "78 if heap.try_lock(lane):"
PROSE = "  " + "Two threads that alloc and free. " * 5


def printed(line, is_terminal, width=60):
    out = io.StringIO()
    print_line(Console(file=out, width=width, force_terminal=is_terminal, color_system=None), line)
    return out.getvalue().splitlines()


def test_a_row_of_a_table_is_cut_in_a_narrow_terminal():
    (line,) = printed(ROW, is_terminal=True)
    assert line.startswith("       2  takes lane 0")
    assert len(line.rstrip()) <= 60
    assert line.rstrip().endswith("…")


def test_a_row_of_a_table_is_whole_where_there_is_no_terminal():
    assert [line.rstrip() for line in printed(ROW, is_terminal=False)] == [ROW]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_prose_is_wrapped_at_its_indent(is_terminal):
    lines = printed(PROSE, is_terminal)
    assert len(lines) > 1
    assert all(line.startswith("  ") and len(line) <= 60 for line in lines)
    assert " ".join(line.strip() for line in lines) == PROSE.strip()
