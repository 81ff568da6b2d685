"""Trusted pytest, for one exercise: the checks run here, and the learner's code in a worker that they ask.

A check is a pytest function with the fixtures

    student    the learner's functions (see proxy.py); a fresh process for each test
    figure     figure("space", 0.8) puts a number into the report
    edition    edition("min_slot", 16) is a knob's value in this edition, or else the default; edition.seed is an int
    rng        random.Random, seeded for this learner and edition

and the markers points(n) and hint(text). Checks of a private folder are hidden: of a failed one the learner reads its
hint and nothing else. Nothing of a submission is read as a configuration, a conftest or a plugin, and a test in which
no call was answered gives no points.
"""

import dataclasses
import functools
import gc
import itertools
import math
import os
import random
import sys
import time
import traceback

import pytest

from refalloc.edition import Edition
from refalloc.grader import GraderError
from refalloc.grader.proxy import Patience, Student
from refalloc.grader.sandbox import Sandbox
from refalloc.student import StudentError, first_wrong

# A test is not reached only because others have timed out.
OUTCOMES = ("correct", "not attempted", "incorrect", "crashed", "timed out", "not reached")
ANSWER_CAP = 1 << 18  # bytes of a learner's file
DETAIL_CAP = 4000  # characters of a traceback, for the instructor
HIDDEN_MESSAGE = "A hidden test failed."
# Plugins that come with pytest and that no check uses; each would be imported, and asked about every test.
UNNEEDED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "setuponly"),
    *("setupplan", "stepwise", "terminal", "threadexception", "unittest", "unraisableexception"),
)


def hold(checks, folder, serve):
    """Collect checks, which takes ten times as long as to run them, and then call serve(grade).

    Args:    checks: list of Checks; folder: Path, empty; serve: a function. What it is called with, grade(job), gives
             the report of a job with these checks. Call that once, in a process forked for it: it uses the tests up.

    grade returns dict, plain data for JSON: key, student, exercise, outcome (of OUTCOMES), points, max_points, level,
    python, seconds, figures, {name: number}, and tests, a list of {name, id, outcome, points, max_points, hidden,
    message, lines, detail}; id and detail are for the instructor only. It raises GraderError when the checks or the
    sandbox do not work.
    """
    files = [_write(folder, number, each) for number, each in enumerate(checks)]
    _run_pytest(folder, files, JudgePlugin(checks, files, serve))


def _write(folder, number, checks):
    file = folder / str(number) / checks.name
    file.parent.mkdir()
    file.write_text(checks.text, encoding="utf-8")
    return file


def _run_pytest(folder, files, plugin):
    """No configuration, conftest or plugin but ours takes part."""
    isolation = ["-c", os.devnull, "--rootdir", folder, "--confcutdir", folder, "--noconftest", "--strict-markers"]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    options = [*isolation, *(f"-pno:{name}" for name in UNNEEDED), "--import-mode=importlib", "-s"]
    pytest.main([*map(str, files), *map(str, options)], plugins=[plugin])


class _Cage:
    """The sandbox of one answer, started when a test first asks: an answer that is missing needs none."""

    def __init__(self, job):
        self._job = job
        self._sandbox = None

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        if self._sandbox is not None:
            self._sandbox.__exit__(*exc_info)

    def _started(self):
        job = self._job
        if self._sandbox is None:
            if job.answer is None:
                raise StudentError("not attempted", f"{job.file_name} was not handed in")
            if len(job.answer) > ANSWER_CAP:
                raise StudentError(
                    "crashed", f"{job.file_name} has {len(job.answer):,} bytes; at most {ANSWER_CAP:,} are read"
                )
            limits = dataclasses.replace(job.limits, cpu_seconds=max(math.ceil(job.seconds), 1))
            self._sandbox = Sandbox(job.answer, job.file_name, job.level, limits).__enter__()
        return self._sandbox

    def start_test(self):
        return self._started().start_test()

    def end_test(self):
        return self._started().end_test()


class JudgePlugin:
    """A pytest plugin: the fixtures of checks, and what became of each test."""

    def __init__(self, checks, files, serve):
        self.tests = []
        self.figures = {}  # name -> number, that checks have noted
        self.broken = ""
        self._checks = checks
        self._hidden = {file: each.hidden for file, each in zip(files, checks, strict=True)}
        self._serve = serve

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        """In the place of running all tests once."""
        gc.collect()
        gc.freeze()  # what is here by now stays, and need not be copied into every fork
        self._serve(functools.partial(self._grade, session.items))
        return True

    def _grade(self, items, job):
        start = time.perf_counter()
        if not items and not self.broken:
            self.broken = f"there are no tests in {', '.join(each.name for each in self._checks)}"
        if not self.broken:
            with _Cage(job) as self._cage:
                self._job = job
                self._patience = Patience(job.seconds, job.wall_factor)
                self._student = Student(self._cage, self._patience)
                for item, next_item in itertools.zip_longest(items, items[1:]):
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
        if self.broken:
            raise GraderError(f"the checks of exercise {job.exercise} do not work:\n{self.broken}")
        return {
            "key": job.key,
            "student": job.student,
            "exercise": job.exercise,
            "outcome": _overall([test["outcome"] for test in self.tests]),
            "points": sum(test["points"] for test in self.tests),
            "max_points": sum(test["max_points"] for test in self.tests),
            "level": job.level,
            "python": ".".join(map(str, sys.version_info[:3])),
            "seconds": round(time.perf_counter() - start, 3),
            "figures": self.figures,
            "tests": self.tests,
        }

    @pytest.fixture
    def student(self):
        return self._student

    @pytest.fixture
    def edition(self):
        return Edition(self._job.knobs | {"seed": self._job.seed})

    @pytest.fixture
    def figure(self):
        return self.figures.__setitem__

    @pytest.fixture
    def rng(self, request):
        return random.Random(f"{self._job.seed} {request.node.name}")

    def pytest_configure(self, config):
        config.addinivalue_line("markers", "points(n): what a test is worth; 1 without it")
        config.addinivalue_line("markers", "hint(text): what a learner reads when a hidden test fails")

    def pytest_collectreport(self, report):
        if report.failed:
            self.broken = str(report.longrepr)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self._student = Student(self._cage, self._patience, (self._job.file_name, self._job.answer or b""))
        try:
            return (yield)
        finally:
            self._student._close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """Our own report, not pytest's: its picture of an error takes longer than the test."""
        if call.excinfo is not None:
            if call.when != "call" and not isinstance(call.excinfo.value, StudentError):
                self.broken = str(item.repr_failure(call.excinfo))  # a fixture that is not there, or that fails
            self._note(item, *self._explain(call.excinfo.value))
        elif call.when == "call":
            if self._student.answered:
                self._note(item, "correct", "", [], "")
            else:
                self._note(item, "incorrect", "The test ended before any call was answered.", [], "")
        return pytest.TestReport(
            item.nodeid, item.location, {}, "passed" if call.excinfo is None else "failed", None, call.when
        )

    def _explain(self, error):
        """(outcome, message, lines, detail) for what a test raised."""
        detail = "".join(traceback.format_exception(error))[-DETAIL_CAP:]
        if isinstance(error, StudentError):
            return error.outcome, str(error), error.lines, ""
        if isinstance(error, GraderError | pytest.skip.Exception):
            self.broken = str(error)
        ended = self._student.ended
        if ended is not None and isinstance(error, AssertionError):  # a check of many schedules says it in its words
            return ended.outcome, str(error), ended.lines, detail
        if isinstance(error, AssertionError):
            message = str(error) or f"{self._student.last_call} gave something else than expected."
            return "incorrect", message, getattr(error, "lines", []), detail
        what = "".join(traceback.format_exception_only(error)).strip()
        message = f"After {self._student.last_call} the check could not go on: {what}"
        return "incorrect", message, [], detail

    def _note(self, item, outcome, message, lines, detail):
        hidden = self._hidden[item.path]
        if hidden and outcome not in ("correct", "not reached"):
            detail = detail or message
            hint = item.get_closest_marker("hint")
            message = HIDDEN_MESSAGE if hint is None else f"{HIDDEN_MESSAGE} Hint: {hint.args[0]}"
            lines = []
        worth = item.get_closest_marker("points")
        max_points = 1 if worth is None else worth.args[0]
        self.tests.append(
            {
                "name": "hidden test" if hidden else item.name.removeprefix("test_").replace("_", " "),
                "id": f"{'hidden ' if hidden else ''}{item.name}",
                "outcome": outcome,
                "points": max_points if outcome == "correct" else 0,
                "max_points": max_points,
                "hidden": hidden,
                "message": message,
                "lines": lines,
                "detail": detail,
            }
        )


def _overall(outcomes):
    """The outcome of an exercise: that of the test which a learner's own check, too, tells of first."""
    place = first_wrong(outcomes)
    if place is not None:
        return outcomes[place]
    return "not reached" if "not reached" in outcomes else "correct"
