"""A run, told step by step: a column for each thread, in the allocator's own terms, with the source of each step.

Where the columns do not fit side by side, as in a narrow terminal, each row names its thread instead. Every step has a
row, but for what a thread does again and again: that has one. Mappings are named A, B, ... in the order in which they
were made, and addresses are told from them: A+64.
"""

import html
import itertools
import linecache
import os
import re
import shutil
import sys
from collections import namedtuple

from refalloc.schedule.thread import PATTERN
from refalloc.trace.describe import describe
from refalloc.trace.events import PROLOGUE, Kind

WIDTH = 130  # characters of a line, where no terminal sets another
LEAST_WIDTH = 60
SOURCE_WIDTH = 24  # at least, beside the columns of threads
FOLD_FROM = 4  # times that a thread does the same before it is told in one row
ROW_LIMIT = 150  # rows at most; of longer accounts, the end
_CALLS = {Kind.CALL_ALLOC, Kind.CALL_FREE, Kind.CALL_RESIZE, Kind.CALL_REMAP}
_RETURNS = {Kind.RETURN_ALLOC, Kind.RETURN_FREE, Kind.RETURN_RESIZE, Kind.RETURN_REMAP}
LEFT_OUT = {Kind.READ_THREAD_INDEX}  # but where a step has nothing else
_FIELD_KINDS = {
    "frees": {Kind.READ_FREES, Kind.WRITE_FREES},
    "next_addrs": {Kind.READ_NEXT_ADDR, Kind.WRITE_NEXT_ADDR},
    "shared": {Kind.READ_SHARED, Kind.WRITE_SHARED},
}
_READS = {Kind.LOAD, Kind.READ_FREES, Kind.READ_NEXT_ADDR, Kind.READ_SHARED}
_MAKES_PAGES = {Kind.MAP, Kind.REMAP}


def account(run):
    """The account of a recorded run, a Replay or a Stepper: several lines, str."""
    names = AddressNames(run.recording.events)
    lines = [*_verdict_lines(run, names), *_table(run, names)]
    return "\n".join(line.rstrip() for line in lines)


def as_html(text):
    """An account as a notebook shows it: long lines are scrolled to, since a wrapped table cannot be read."""
    return f'<pre tabindex="0" style="white-space: pre; overflow-x: auto">{html.escape(text)}</pre>'


def _verdict_lines(run, names):
    verdict = run.verdict
    if verdict is not None:
        yield f"{verdict.kind} at step {verdict.step}: {names.in_text(verdict.message)}"
    plural = "" if run.preemptions == 1 else "s"
    yield f"schedule {run.schedule}, {run.preemptions} preemption{plural}"
    if names.starts:
        yield "addresses: " + ", ".join(f"{name} = {start:#x}" for name, start, _ in names.starts)
    if verdict is not None and verdict.key is not None:
        yield "the two steps that race are marked *"
    yield ""


# thread: int; step: str, its number, in its first row; mark: "*" where two steps race; phrase, source: str.
_Row = namedtuple("_Row", "thread step mark phrase source")


def line_width():
    """Characters in a line: of the terminal, of COLUMNS where the caller has set it, or else WIDTH."""
    is_known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return max(LEAST_WIDTH, shutil.get_terminal_size((WIDTH, 0)).columns) if is_known else WIDTH


def _table(run, names):
    thread_count = len(run.scenario.programs)
    rows = _folded(_rows(run, names))
    longest = max((len(row.phrase) for row in rows), default=0)
    limit = line_width()
    across = thread_count * (longest + 2)
    if 6 + across + SOURCE_WIDTH <= limit:
        heads = "".join(f"T{thread}".ljust(longest + 2) for thread in range(thread_count))
        lines = [f"{_beside(row, longest + 2).ljust(across)}{row.source}" for row in rows]
    else:
        across = max(len("thread"), min(longest + 5, limit - SOURCE_WIDTH - 6))
        heads = "thread".ljust(across)
        lines = [f"{f'T{row.thread} {row.phrase}'.ljust(across - 1)} {row.source}" for row in rows]
    yield f"step  {heads}source"
    if len(rows) > ROW_LIMIT:
        yield f"  ... {len(rows) - ROW_LIMIT} rows before these"
    for row, line in list(zip(rows, lines, strict=True))[-ROW_LIMIT:]:
        yield _cut(f"{row.step:>4}{row.mark} {line}", limit)


def _folded(rows):
    """Rows as a list, with a thread that does one thing again and again told once."""
    folded: list[_Row] = []
    for _, group in itertools.groupby(rows, key=lambda row: (row.thread, row.phrase, row.mark)):
        first, *others = group
        if len(others) + 1 < FOLD_FROM:
            folded += [first, *others]
        else:
            folded.append(first._replace(phrase=f"{first.phrase} ({len(others) + 1} times)"))
    return folded


def _beside(row, width):
    """A row's phrase in its thread's column."""
    return " " * (row.thread * width) + row.phrase


def _cut(line, limit):
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _rows(run, names):
    events = run.recording.events
    key = None if run.verdict is None else run.verdict.key
    stop = len(events) if run.verdict is None else run.verdict.number + (key is not None)
    ends = [*run.step_numbers[1:], len(events)]
    racing = _racing(run)
    shown_file = None
    calling: set[int] = set()  # threads inside the text
    for step, (start, end) in enumerate(zip(run.step_numbers, ends, strict=True)):
        if start >= stop:
            break
        own = [event for event in events[start : min(end, stop)] if event["thread"] != PROLOGUE]
        told = [event for event in own if not _is_left_out(event, calling, key)]
        number = str(step + 1)
        if not told:
            thread = run.schedule[step]
            is_first = thread not in run.schedule[:step]
            yield _Row(thread, number, " ", _untold(own, names, is_first), "")
        for event in told:
            phrase = describe(event, run.recording.names, names.name)
            mark = "*" if int(event["number"]) in racing else " "
            source = _source(event, run.recording, event["file"] != shown_file)
            shown_file = event["file"]
            yield _Row(int(event["thread"]), number, mark, phrase, source)
            number = ""


def _is_left_out(event, calling, key):
    """Whether an event has no row of its own; keeps count of `calling` as events pass."""
    thread, kind = int(event["thread"]), event["kind"]
    if kind in _CALLS:
        calling.add(thread)
    elif kind in _RETURNS:
        calling.discard(thread)
    return kind in LEFT_OUT or (thread not in calling and _is_fill(event, key))


def _untold(events, names, is_first):
    """A step all of whose events are left out, as a phrase; is_first: bool, whether it is its thread's first."""
    if any(event["kind"] in (Kind.LOAD, Kind.STORE) for event in events):
        return "fills or verifies a block"
    if events:
        return describe(events[0], (), names.name)
    return "starts" if is_first else "goes on, and touches nothing"


def _racing(run):
    """The numbers of the two events that raced; none if there was no race."""
    verdict = run.verdict
    if verdict is None or verdict.key is None:
        return set()
    events = run.recording.events
    by_other = events[(events["thread"] == verdict.other) & (events["number"] < verdict.number)]
    is_read = events["kind"][verdict.number] in _READS  # which races with writes alone
    touched = [
        int(event["number"])
        for event in by_other
        if _touches(event, verdict.key, run.recording.names) and not (is_read and event["kind"] in _READS)
    ]
    return {verdict.number, *touched[-1:]}


def _touches(event, key, names):
    """Whether an event is an access to the place `key`."""
    if isinstance(key, int):
        return event["kind"] in (Kind.LOAD, Kind.STORE) and event["addr"] == key
    field, which = key[:2]
    if event["kind"] not in _FIELD_KINDS[field]:
        return False
    if field == "shared":
        return names[event["addr"]] == which
    return (event["lane"], event["size_class"]) == key[1:]


def _is_fill(event, key):
    """Whether a step of a program fills or verifies a block, and is not what raced."""
    is_word = event["kind"] in (Kind.LOAD, Kind.STORE)
    return is_word and _is_pattern(int(event["value"])) and int(event["addr"]) != key


def _is_pattern(word):
    return word >> 48 == PATTERN >> 48


def _source(event, recording, with_file):
    """Line number and line; the name of the file where it is another than in the row before."""
    line = int(event["line"])
    if line == 0:
        return ""
    filename = recording.files[event["file"]]
    name = os.path.splitext(os.path.basename(filename))[0]
    if name.isdigit() or name.startswith("<"):  # a notebook's cell
        name = "cell"
    told = f"{line} {linecache.getline(filename, line).strip()}"
    return f"{name} {told}" if with_file else told


class AddressNames:
    """Names for addresses in the mappings of a recording. Attributes: starts: list of (name, address, length)."""

    def __init__(self, events):
        self.starts: list[tuple[str, int, int]] = []
        for event in events:
            if event["kind"] in _MAKES_PAGES:
                start = int(event["addr" if event["kind"] == Kind.MAP else "value"])
                length = int(event["length" if event["kind"] == Kind.MAP else "new_length"])
                if start != 0 and all(start != known for _, known, _ in self.starts):
                    self.starts.append((_letters(len(self.starts)), start, length))

    def name(self, word):
        """`word`, int, as a person would say it."""
        if _is_pattern(word):
            owner = (word >> 32 & 0xFFFF) - 1
            return f"the fill of {'prepare' if owner < 0 else f'T{owner}'}'s block"
        for name, start, length in self.starts:
            if start <= word <= start + length:
                return name if word == start else f"{name}+{word - start}"
        return str(word) if word < 4096 else hex(word)

    def in_text(self, text):
        """`text` with its addresses named: hexadecimal numbers, and decimal ones as long as a thread's addresses."""
        return re.sub(r"\b(?:0x[0-9a-f]+|[1-9][0-9]{9,})\b", lambda found: self.name(int(found.group(), 0)), text)


def _letters(index):
    """A, B, ..., Z, A2, B2, ..."""
    round_, letter = divmod(index, 26)
    return chr(ord("A") + letter) + (str(round_ + 1) if round_ else "")
