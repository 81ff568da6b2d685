"""Run the checks of an exercise in a fresh process, and say in plain words what became of them.

The process may do anything: end early, loop, print without end. Deadline and cap on output are held here, outside.

    child's standard output   events, JSON lines, and, after a crash, the lines that faulthandler leaves
    child's standard error    what the learner's code prints
"""

import contextlib
import json
import linecache
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

from refalloc.course import CourseError
from refalloc.student import first_wrong

OUTCOMES = ("not attempted", "correct", "incorrect", "crashed", "timed out")  # and, of a test, "not reached"
START_SECONDS = 60  # what Python and pytest may take to start, on a machine that is busy
GRACE_SECONDS = 1  # for the process to say where it is when time is up
REPORT_INDENT = 4  # characters before a line of the report, in a terminal
PRINT_CAP = 1 << 20  # bytes that the learner's code may print
PRINT_SHOWN = 2000  # characters of them in a report
MEMORY_CAP = 4 << 30  # bytes of address space


@dataclass(frozen=True)
class TestResult:
    """One test of an exercise. Attributes: name: str, a sentence; outcome: str, of OUTCOMES or "not reached"; points:
    int, what it gives, of max_points; message: str, for the learner; lines: list of str, of the learner's own code."""

    name: str
    outcome: str
    points: int
    max_points: int
    message: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes: exercise, title, file: str; outcome: str, of OUTCOMES, that of the first test that is wrong; points:
                int, of max_points; message: str, what that test says, "" when all is well; lines: list of str, of the
                learner's own code; tests: TestResult in order; printed: str, the first of what the code printed;
                seconds: float.
    """

    exercise: str
    title: str
    file: str
    outcome: str
    points: int
    max_points: int
    message: str
    lines: list[str]
    tests: tuple[TestResult, ...]
    printed: str
    seconds: float

    def as_dict(self):
        """For JSON."""
        return asdict(self)


def check_exercise(exercise, file=None, on_test=lambda test: None, on_start=lambda stop: None):
    """Run the checks of `exercise`.

    Args:    exercise: index.Exercise; file: Path of the answer, None for the learner's file;
             on_test: called with each TestResult as it arrives; on_start: called with a function that another thread
             may call to end the check early. Its report then says "crashed", and is of no use.
    Returns: CheckReport.
    Raises:  CourseError when the checks themselves do not work.
    """
    file = exercise.file if file is None else file
    if not file.is_file():
        message = f"{file.name} is not there; `refalloc reset {exercise.id}` puts the stub back"
        return _Run(exercise, on_test).report([file], 0, crash=message)
    return _followed(exercise, {"": file}, on_test, on_start)


def run_milestone(milestone, files, on_test=lambda test: None):
    """Run the checks of `milestone` on the learner's files of its pieces.

    Args:    milestone: milestones.Milestone; files: {exercise id: Path}, those that exist and are begun;
             on_test: called with each TestResult as it arrives.
    Returns: CheckReport, without a file and without points.
    Raises:  CourseError when the checks themselves do not work.
    """
    return _followed(milestone, files, on_test, lambda stop: None, milestone=True)


def _followed(exercise, files, on_test, on_start, milestone=False):
    start = time.perf_counter()
    run = _Run(exercise, on_test)
    request = {
        "checks": str(exercise.checks),
        "files": {name: str(file.resolve()) for name, file in files.items()},
        "milestone": milestone,
        "knobs": dict(exercise.knobs),
        "seconds": exercise.seconds,
        "memory": MEMORY_CAP,
    }
    with _started(request) as process:
        on_start(process.kill)
        run.follow(process)
    return run.report(list(files.values()), time.perf_counter() - start)


@contextlib.contextmanager
def _started(request):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    if sys.stdout.isatty():  # tables are made as wide as they will be read; a notebook's kernel has no terminal
        environment["COLUMNS"] = str(shutil.get_terminal_size().columns - REPORT_INDENT)
    process = subprocess.Popen(
        # -P: no file beside the learner's can take the place of a module of Python's
        [sys.executable, "-P", "-X", "utf8", "-m", "refalloc.course.child", json.dumps(request)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,  # so that what the learner's code starts can be ended with it
    )
    # Its pipes are closed by their readers: a process that left the group may hold them open for ever.
    try:
        yield process
    finally:
        _end(process)


def _end(process):
    """End the process and, where there are process groups, all that it started. It is not reaped yet: its id is its."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: all of the group have ended
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


class _Run:
    """What is known of a run so far."""

    def __init__(self, exercise, on_test):
        self.exercise = exercise
        self.on_test = on_test
        self.collected: list[dict] = []  # of {"id", "name", "points"}, once it is known
        self.results = {}  # id -> TestResult
        self.current = None  # id of the test that runs
        self.ended_as = None  # "crashed" or "timed out", when the process did not get to its end
        self.message = ""
        self.lines = []
        self.printed = b""
        self.crash_lines = []

    def follow(self, process):
        """Read events until the process has said all, has ended, or must be ended."""
        inbox: queue.SimpleQueue = queue.SimpleQueue()
        readers = [
            threading.Thread(target=_read_events, args=(process.stdout, inbox), daemon=True),
            threading.Thread(target=_read_prints, args=(process.stderr, inbox), daemon=True),
        ]
        for reader in readers:
            reader.start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                kind, value = inbox.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                self._time_is_up("", [])
                break
            if kind == "flood":
                self.ended_as = "crashed"
                self.message = (
                    f"Your code printed more than {PRINT_CAP >> 20} MiB and was stopped; take `print` out of the loop"
                )
                break
            if kind == "no more events":
                self._ended_early(process)
                break
            if kind == "line":
                self._note_crash_line(value)
            elif kind == "prints":
                self.printed = value
            elif value["event"] == "end":
                break
            elif value["event"] == "stuck":
                self._time_is_up(value["call"], value["lines"])
                break
            else:
                if value["event"] == "collected":
                    deadline = time.monotonic() + self.exercise.seconds + GRACE_SECONDS
                self._note(value)
        _end(process)
        readers[1].join(GRACE_SECONDS)  # what it printed last; a process that left the group may keep the pipe open
        while not inbox.empty():
            kind, value = inbox.get()
            if kind == "prints":
                self.printed = value

    def _note(self, event):
        if event["event"] == "broken":
            raise CourseError(f"the check of exercise {self.exercise.id} does not work:\n{event['message']}")
        if event["event"] == "collected":
            self.collected = event["tests"]
            if not self.collected:
                raise CourseError(f"the check of exercise {self.exercise.id} has no tests: {self.exercise.checks}")
        elif event["event"] == "started":
            self.current = event["id"]
        elif event["event"] == "finished":
            message, lines = _printable(event["message"]), [_printable(line) for line in event["lines"]]
            self._finish(event["id"], event["outcome"], message, lines)

    def _finish(self, test_id, outcome, message, lines):
        test = next(test for test in self.collected if test["id"] == test_id)
        points = test["points"] if outcome == "correct" else 0
        self.results[test_id] = TestResult(test["name"], outcome, points, test["points"], message, lines)
        self.on_test(self.results[test_id])

    def _note_crash_line(self, line):
        found = re.match(r'\s+File "(.+)", line (\d+) in (.+)', line)
        if found:
            self.crash_lines.append(found.groups())

    def _time_is_up(self, call, lines):
        self.ended_as = "timed out"
        self.lines = lines
        during = f" in {call}" if call else ""
        self.message = (
            f"Your code still ran after {self.exercise.seconds:g} seconds{during}: a loop that never ends, or a "
            "search through too many cases?"
        )

    def _ended_early(self, process):
        code = process.wait()  # its end of the pipe is closed, so it is ending
        self.ended_as = "crashed"
        if code < 0:
            name = signal.Signals(-code).name
            hint = "; did it run out of memory?" if name == "SIGKILL" else ""
            self.message = (
                f"Your code ended the whole process ({name}); the notebook and the terminal are unharmed{hint}"
            )
        else:
            self.message = f"Your code ended the whole process (exit code {code}) before the checks were done"

    def report(self, files, seconds, crash=""):
        """Sum up a run on `files`, list of Path; with `crash`, one that could not start, and why."""
        if crash:
            self.ended_as, self.message = "crashed", crash
        names = {str(file.resolve()): file.name for file in files}
        for path in names:
            linecache.checkcache(path)  # the learner may have changed the file since the last check
        lines = self.lines or [
            f"{names[path]}, line {line}, in {name}: {linecache.getline(path, int(line)).strip()}"
            for path, line, name in reversed(self.crash_lines)
            if path in names
        ]
        if self.ended_as and self.current is not None and self.current not in self.results:
            self._finish(self.current, self.ended_as, self.message, lines)
        tests = tuple(
            self.results.get(test["id"]) or TestResult(test["name"], "not reached", 0, test["points"])
            for test in self.collected
        )
        outcome, place = self.ended_as or "correct", first_wrong([test.outcome for test in tests])
        if place is not None:  # what ends the process later may follow from it
            outcome, self.message, lines = tests[place].outcome, tests[place].message, tests[place].lines
        return CheckReport(
            exercise=self.exercise.id,
            title=self.exercise.title,
            file=str(files[0]) if len(files) == 1 else "",
            outcome=outcome,
            points=sum(test.points for test in tests),
            max_points=self.exercise.points,
            message=self.message,
            lines=lines,
            tests=tests,
            printed=_shown(self.printed),
            seconds=round(seconds, 3),
        )


def _read_events(stream, inbox):
    with stream:
        for line in stream:
            text = line.decode("utf-8", errors="replace")
            try:
                inbox.put(("event", json.loads(text)))
            except ValueError:
                inbox.put(("line", text))
    inbox.put(("no more events", None))


def _read_prints(stream, inbox):
    kept, length = b"", 0
    with stream:
        while chunk := os.read(stream.fileno(), 1 << 16):
            kept += chunk[: PRINT_SHOWN * 4 - len(kept)]
            length += len(chunk)
            if length > PRINT_CAP:
                inbox.put(("flood", None))
                break
    inbox.put(("prints", kept))


def _printable(text):
    """`text` with what a terminal would obey, or cannot show, written out: escapes, lone surrogates."""
    return "".join(
        char if char in "\n\t" or char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _shown(printed):
    text = _printable(printed.decode("utf-8", errors="replace"))
    return text if len(text) <= PRINT_SHOWN else f"{text[:PRINT_SHOWN]}\n... and more"
