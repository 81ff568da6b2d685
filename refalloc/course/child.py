"""The fresh process in which the checks of one exercise run: `python -P -m refalloc.course.child REQUEST`.

Events leave as JSON lines on the standard output that this process was started with. What the learner's code prints
goes to standard error, whichever of the two it prints to, so that the two cannot mix. See runner.py for the other end.

    {"event": "collected", "tests": [{"id", "name", "points"}, ...]}
    {"event": "started", "id"}
    {"event": "finished", "id", "outcome", "message", "lines"}
    {"event": "stuck", "call", "lines"}     time is up, and the code still runs
    {"event": "broken", "message"}          the check itself does not work: not the learner's fault
    {"event": "end"}
"""

import faulthandler
import json
import os
import sys
import threading
import traceback
from pathlib import Path

import pytest

from refalloc.edition import Edition
from refalloc.student import Student, StudentError


class Reporter:
    """A pytest plugin: the fixtures of a check, and a JSON line for each thing that happens."""

    def __init__(self, stream, student, edition):
        self._stream = stream
        self._lock = threading.Lock()  # the watchdog writes too
        self._student = student
        self._edition = edition
        self._said = ""

    def send(self, event, **fields):
        with self._lock:
            self._stream.write(json.dumps({"event": event, **fields}) + "\n")
            self._stream.flush()

    @pytest.fixture(scope="session")
    def student(self):
        return self._student

    @pytest.fixture(scope="session")
    def pieces(self):
        """Of a milestone, what `student` is of an exercise."""
        return self._student

    @pytest.fixture(scope="session")
    def edition(self):
        return self._edition

    @pytest.fixture
    def say(self):
        """say(sentence) is shown with a test that passes."""
        return lambda sentence: setattr(self, "_said", sentence)

    def pytest_configure(self, config):
        config.addinivalue_line("markers", "points(n): what a test is worth; 1 without it")

    def pytest_collectreport(self, report):
        if report.failed:
            self.send("broken", message=str(report.longrepr))

    def pytest_collection_finish(self, session):
        tests = [{"id": item.nodeid, "name": _sentence(item.name), "points": _points(item)} for item in session.items]
        self.send("collected", tests=tests)

    def pytest_runtest_logstart(self, nodeid):
        self.send("started", id=nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.excinfo is not None:
            outcome, message, lines = self._explain(call.excinfo.value)
            self.send("finished", id=item.nodeid, outcome=outcome, message=message, lines=lines)
        elif call.when == "call":
            self.send("finished", id=item.nodeid, outcome="correct", message=self._said, lines=[])
            self._said = ""
        return report

    def _explain(self, error):
        if isinstance(error, StudentError):
            return error.outcome, str(error), error.lines
        if isinstance(error, AssertionError):
            message = str(error) or f"{self._student.last_call} gave something else than expected."
            return "incorrect", message, getattr(error, "lines", [])
        what = "".join(traceback.format_exception_only(error)).strip()
        return "incorrect", f"After {self._student.last_call} the check could not go on: {what}", []

    def watch(self, seconds, thread_id):
        """Say where the code is when time is up. A daemon thread runs this."""
        threading.Event().wait(seconds)
        frames = traceback.extract_stack(sys._current_frames()[thread_id])
        self.send("stuck", call=str(self._student.last_call), lines=self._student.lines_of(frames))


def _sentence(test_name):
    """ "it_doubles" of test_it_doubles, and of test_it_doubles[04.1]: "04.1, it doubles"."""
    name, _, parameter = test_name.removeprefix("test_").partition("[")
    return f"{parameter.rstrip(']')}, {name}".removeprefix(", ").replace("_", " ")


def _points(item):
    marker = item.get_closest_marker("points")
    return 1 if marker is None else marker.args[0]


def _limit_memory(length):
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = length if hard == resource.RLIM_INFINITY else min(length, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _called(students, calls, milestone):
    """What a check calls: the one Student of an exercise, or the Pieces of a milestone."""
    if not milestone:
        return students[""]
    from refalloc.course.milestones.pieces import Pieces  # here, as an exercise needs nothing of it

    return Pieces(students, calls)


def main(request):
    """Run one file of checks.

    Args: request: {"checks": str; "files": {exercise id: str}, one for an exercise, "" its id; "knobs": dict;
          "milestone": bool; "seconds", "memory": numbers}.
    """
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout.flush()
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115 stays open
    faulthandler.enable(stream)  # a crash leaves the lines where it happened among the events
    _limit_memory(request["memory"])
    checks = Path(request["checks"])
    calls = ["no call"]
    students = {exercise: Student(Path(file), calls) for exercise, file in request["files"].items()}
    reporter = Reporter(stream, _called(students, calls, request["milestone"]), Edition(request["knobs"]))
    threading.Thread(target=reporter.watch, args=(request["seconds"], threading.get_ident()), daemon=True).start()
    # Its own configuration and folder: nothing of the project's, or of the learner's home, takes part.
    here = str(checks.parent)
    isolation = ["-c", os.devnull, "--rootdir", here, "--confcutdir", here, "--noconftest", "--strict-markers"]
    unneeded = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-s", "--assert=plain"]
    pytest.main([str(checks), *isolation, *unneeded], plugins=[reporter])
    reporter.send("end")
    sys.stdout.flush()
    os._exit(0)  # threads that the learner left running do not keep us


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
