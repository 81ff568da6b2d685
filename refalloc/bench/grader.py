"""The grader beside nbgrader and otter-grader: the same assignment of one question and five tests.

Each peer is installed in an environment of its own, once, below the user's cache; all are started as commands, as an
instructor would, and take turns in every round. Ours runs with its sandbox; nbgrader and otter run have none.
"""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from refalloc.bench.memory import PeakMemory

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
ROUNDS = 3
BATCH = 10  # submissions of a peer's run: nbgrader needs a second and a half for each
OWN_BATCH = 100
REQUIREMENTS = {"nbgrader": ["nbgrader>=0.9"], "otter": ["otter-grader>=6", "ipykernel"]}
ANSWER = """\
def size_class_index(length, alignment):
    return max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3
"""
CALLS = (("(1, 1)", 0), ("(8, 8)", 0), ("(9, 8)", 1), ("(1, 64)", 3), ("(5000, 8)", 10))
INDEX = """\
[[lesson]]
folder = "01_classes"
title = "Classes"
question = "?"
[[lesson.exercise]]
title = "Classes"
minutes = 5
points = 5
functions = ["size_class_index"]
hints = ["a", "b", "c"]
"""


class PeerError(Exception):
    """A peer cannot be installed, or does not grade."""


@dataclass(frozen=True)
class Measured:
    """Whole runs, one for each round. Attributes: name: str; count: int, submissions of a run; wall, processor: seconds
    of each run, the latter of all its processes together; memory: int, bytes of all its processes at most, and
    worker_memory: of one that runs an answer in a namespace of its own, 0 without; see PeakMemory."""

    name: str
    count: int
    wall: tuple[float, ...]
    processor: tuple[float, ...]
    memory: int
    worker_memory: int

    def each(self, clock):
        """Median seconds a submission. Args: clock: str, "wall" or "processor"."""
        return statistics.median(getattr(self, clock)) / self.count


def measure(rounds=ROUNDS, own_batch=OWN_BATCH, peers=tuple(REQUIREMENTS), step=lambda: None):
    """Time whole runs in turns; then watch the memory of one more of each, which would cost the others time.

    Args:    rounds: int; own_batch: int, submissions of our larger run; peers: names of REQUIREMENTS;
             step: called after each run.
    Returns: list of Measured: ours with one submission from a cold start, ours with `own_batch` on one worker and on
             two, and each peer with one and with BATCH.
    Raises:  PeerError.
    """
    with tempfile.TemporaryDirectory(prefix="refalloc-bench-") as name:
        folder = Path(name)
        course = _course(folder / "course")
        runs: dict = {
            ("refalloc", 1): (_refalloc, course, 1),
            ("refalloc, 1 worker", own_batch): (_refalloc, course, 1),
            ("refalloc, 2 workers", own_batch): (_refalloc, course, 2),
        }
        for peer in peers:
            grade = {"nbgrader": _nbgrader, "otter": _otter}[peer]
            runs |= {(peer, count): (grade, _environment(peer)) for count in (1, BATCH)}
        seconds: dict = {key: [] for key in runs}
        peaks = {key: PeakMemory() for key in runs}
        for number in range(rounds + 1):
            for (name, count), (grade, *how) in runs.items():
                place = folder / f"{number}-{name.replace(', ', '-').replace(' ', '-')}-{count}"
                place.mkdir()
                with peaks[name, count] if number == rounds else contextlib.nullcontext():
                    taken = grade(place, count, *how)
                if number < rounds:
                    seconds[name, count].append(taken)
                shutil.rmtree(place)
                step()
    measured = []
    for (name, count), peak in peaks.items():
        wall, processor = zip(*seconds[name, count], strict=True)
        measured.append(Measured(name, count, wall, processor, peak.total, peak.caged))
    return measured


def _environment(peer):
    """The Python of a peer's environment, made when it is not there."""
    folder = platformdirs.user_cache_path("refalloc") / "bench" / peer
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        _run([python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *REQUIREMENTS[peer]], folder)
        ready.touch()
    return python


def _course(root):
    folder = root / "exercises" / "01_classes"
    folder.mkdir(parents=True)
    (root / "exercises" / "index.toml").write_text(INDEX)
    tests = [
        f"def test_{number}(student):\n    assert student.size_class_index{args} == {result}\n"
        for number, (args, result) in enumerate(CALLS)
    ]
    (folder / "test_exercise_1.py").write_text("\n\n".join(tests))
    return root


def _refalloc(place, count, course, workers):
    for number in range(count):
        folder = place / "class" / f"student{number}" / "01_classes"
        folder.mkdir(parents=True)
        (folder / "exercise_1.py").write_text(f"# {number}\n{ANSWER}")
    command = ["grade", place / "class", "--out", place / "out", "--course", course, "--workers", workers]
    seconds = _timed([sys.executable, "-m", "refalloc", *command], place)
    rows = (place / "out" / "grades.csv").read_text().splitlines()
    _require("refalloc", len(rows) == count + 1 and all(row.endswith(",5.00,5.00,5,100.00") for row in rows[1:]))
    return seconds


def _nbgrader(place, count, python):
    cells = [_cell("answer", f"### BEGIN SOLUTION\n{ANSWER}### END SOLUTION", solution=True, grade=False)]
    cells += [
        _cell(f"test{number}", f"assert size_class_index{args} == {result}", solution=False, grade=True)
        for number, (args, result) in enumerate(CALLS)
    ]
    source = place / "source" / "ps1"
    source.mkdir(parents=True)
    (source / "p.ipynb").write_text(_notebook(cells))
    _run([python, "-m", "nbgrader", "generate_assignment", "ps1", "--create"], place)
    released = json.loads((place / "release" / "ps1" / "p.ipynb").read_text())
    released["cells"][0]["source"] = ANSWER
    for number in range(count):
        folder = place / "submitted" / f"student{number}" / "ps1"
        folder.mkdir(parents=True)
        (folder / "p.ipynb").write_text(json.dumps(released))
    seconds = _timed([python, "-m", "nbgrader", "autograde", "ps1"], place)
    _run([python, "-m", "nbgrader", "export"], place)
    rows = (place / "grades.csv").read_text().splitlines()
    _require("nbgrader", len(rows) == count + 1 and all(row.split(",")[-2:] == ["5.0", "5.0"] for row in rows[1:]))
    return seconds


def _otter(place, count, python):
    cases = [{"code": f">>> size_class_index{args}\n{result}", "points": 1} for args, result in CALLS]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    (place / "tests").mkdir()
    (place / "tests" / "q1.py").write_text(f"OK_FORMAT = True\ntest = {{'name': 'q1', 'suites': [{suite!r}]}}\n")
    _run([python, "-m", "otter", "generate", "--no-environment", "-o", "autograder.zip"], place)
    (place / "p.ipynb").write_text(_notebook([{"cell_type": "code", "metadata": {}, "source": ANSWER}]))
    taken = []
    for number in range(count):
        out = place / f"out{number}"
        out.mkdir()
        taken.append(_timed([python, "-m", "otter", "run", "p.ipynb", "-a", "autograder.zip", "-o", out], place))
        tests = json.loads((out / "results.json").read_text())["tests"]
        _require("otter", sum(test.get("score", 0) for test in tests) == len(CALLS))
    return tuple(map(sum, zip(*taken, strict=True)))


def _cell(name, source, solution, grade):
    metadata = {
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        metadata["points"] = 1
    return {"cell_type": "code", "metadata": {"nbgrader": metadata}, "source": source}


def _notebook(cells):
    cells = [cell | {"id": f"cell{n}", "execution_count": None, "outputs": []} for n, cell in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def _timed(command, folder):
    """(wall, processor) seconds of a command and of all that it started, even what nobody waited for."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with _orphans_counted():
        _run(command, folder)
        wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return wall, processor


@contextlib.contextmanager
def _orphans_counted():
    """Around a command: what its processes start and do not wait for, as bubblewrap does, is waited for here."""
    libc, before = ctypes.CDLL(None), _children()
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
        for pid in _children() - before:
            os.waitpid(pid, 0)
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _children():
    return {int(pid) for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}


def _run(command, folder):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER"))}
    environment["PATH"] = f"{Path(command[0]).parent}:{environment['PATH']}"  # nbgrader calls alembic by name
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise PeerError(f"{' '.join(map(str, command[:5]))} ended with {done.returncode}:\n{done.stderr[-1500:]}")


def _require(name, graded):
    if not graded:
        raise PeerError(f"{name} did not give the right answer all its points; its time would mean nothing")
