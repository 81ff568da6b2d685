"""The commands of the course, as a learner types them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

from refalloc.cli import main
from refalloc.course.progress import Progress
from refalloc.course.stubs import stub_text


@pytest.fixture
def refalloc(course, monkeypatch):
    """refalloc("check", "04.1") runs the command in the course's folder."""
    monkeypatch.chdir(course.root)
    return lambda *args: CliRunner().invoke(main, list(args), catch_exceptions=False)


def solve(exercise):
    exercise.file.write_text(exercise.solution.read_text())


def test_check_says_what_to_do_about_a_stub(refalloc):
    result = refalloc("check", "04.2")
    assert result.exit_code == 1
    assert "04.2 not attempted: 0 of 3 points" in result.output
    assert "slot_sizes still raises NotImplementedError. Write your own code in its place." in result.output


def test_check_without_an_exercise_takes_the_first_that_has_not_passed(refalloc, course):
    assert "00.1 What is wasted?" in refalloc("check").output
    solve(course.exercise("00.1"))
    assert refalloc("check").exit_code == 0
    assert f"{course.exercises[1].id} {course.exercises[1].title}" in refalloc("check").output


def test_check_all_checks_all(refalloc, course):
    solve(course.exercise("04.3"))
    result = refalloc("check", "--all", "--json")
    reports = json.loads(result.output)
    assert [report["exercise"] for report in reports] == [exercise.id for exercise in course.exercises]
    assert [report["exercise"] for report in reports if report["outcome"] == "correct"] == ["04.3"]
    assert result.exit_code == 1


def test_check_takes_a_path(refalloc, course):
    solve(course.exercise("00.1"))
    assert refalloc("check", "exercises/00_start/exercise_1.py").exit_code == 0


def test_the_zero_of_an_id_may_be_left_out(refalloc):
    assert "04.1 A class for every length" in refalloc("check", "4.1").output
    assert "04.1 A class for every length" in refalloc("hint", "4.1").output


def test_advice_names_the_command_as_it_was_started(course):
    command = shutil.which("refalloc", path=os.path.dirname(sys.executable))
    environment = {**os.environ, "PATH": os.path.dirname(shutil.which("env"))}
    result = subprocess.run(
        [command, "check", "00.1"],
        cwd=course.root,
        env={**environment, "COLUMNS": "400"},
        capture_output=True,
        text=True,
    )
    assert (
        f"`{os.path.relpath(command, course.root)} hint 00.1` helps" in result.stdout
        or f"`{command} hint" in result.stdout
    )


@pytest.mark.parametrize("command", ["check", "hint", "solution", "reset"])
def test_an_empty_name_is_no_exercise(refalloc, command):
    result = refalloc(command, "")
    assert result.exit_code == 1
    assert "Error: there is no exercise ''" in result.output


def test_a_hint_stands_where_it_cannot_be_kept(refalloc, course):
    (course.root / ".refalloc").write_text("a file where the folder should be")
    result = refalloc("hint", "04.1")
    assert "Hint 1 of 3" in result.output
    assert "Warning: your progress cannot be kept" in result.output
    assert result.exit_code == 0


def test_when_all_has_passed_check_says_so(refalloc, course):
    for exercise in course.exercises:
        solve(exercise)
    assert refalloc("check", "--all").exit_code == 0
    assert "All exercises have passed" in refalloc("check").output
    assert refalloc("check", "--json").output.strip() == "[]"
    assert "All exercises have passed" in refalloc("hint").output


@pytest.mark.parametrize("args", [("04.1", "--all"), ("--watch", "--all"), ("--watch", "--json")])
def test_options_that_exclude_each_other_are_a_usage_error(refalloc, args):
    assert refalloc("check", *args).exit_code == 2


@pytest.mark.parametrize("command", ["check", "hint", "solution", "reset"])
def test_an_unknown_exercise_is_an_error_without_a_traceback(refalloc, command):
    result = refalloc(command, "99.1")
    assert result.exit_code == 1
    assert "Error: there is no exercise '99.1'" in result.output


def test_hints_come_one_at_a_time(refalloc):
    assert re.findall(r"Hint (\d) of 3", refalloc("hint", "04.1").output) == ["1"]
    assert re.findall(r"Hint (\d) of 3", refalloc("hint", "04.1").output) == ["1", "2"]
    assert re.findall(r"Hint (\d) of 3", refalloc("hint", "04.1", "3").output) == ["1", "2", "3"]
    assert "00.1" in refalloc("hint").output


def test_the_solution_opens_after_passing(refalloc, course):
    assert "opens when your own passes" in refalloc("solution", "00.1").output
    solve(course.exercise("00.1"))
    refalloc("check", "00.1")
    assert "Exercise 00.1, explained." in refalloc("solution", "00.1").output
    course.exercise("00.1").solution.unlink()
    assert "has no solutions" in refalloc("solution", "00.1").output


def test_reset_says_where_the_file_is_kept(refalloc, course):
    solve(course.exercise("00.1"))
    result = refalloc("reset", "00.1")
    assert "exercise_1.kept-1.py" in result.output
    assert course.exercise("00.1").file.read_text() == stub_text(course.exercise("00.1"))


def test_progress_shows_points_and_what_is_next(refalloc, course):
    solve(course.exercise("00.1"))
    refalloc("check")
    result = refalloc("progress")
    points = sum(exercise.points for exercise in course.exercises)
    assert f"1 of {len(course.exercises)} exercises, 1 of {points} points" in result.output
    assert f"Next: {course.exercises[1].id};" in result.output
    rows = json.loads(refalloc("progress", "--json").output)
    assert [bool(row["passed"]) for row in rows] == [exercise.id == "00.1" for exercise in course.exercises]


def test_a_milestone_tells_piece_by_piece(refalloc, course):
    for name in ("04.1", "06.1"):
        solve(course.exercise(name))
    result = refalloc("milestone", "7")
    assert result.exit_code == 0
    assert "correct        06.1, right among pieces of refalloc" in result.output
    assert "2 of 5 pieces are yours; still refalloc's: 05.1, 07.1, 07.2." in result.output
    file = course.exercise("05.1").file
    file.write_text(file.with_name("wrong.py").name)
    result = refalloc("milestone", "07", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["outcome"] == "crashed"


def test_doctor_reports_as_a_table_and_as_json(refalloc):
    result = refalloc("doctor")
    assert result.exit_code == 0
    assert "mmap" in result.output
    assert {row["state"] for row in json.loads(refalloc("doctor", "--json").output)} <= {"works", "missing"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_watch_checks_again_on_each_save_and_goes_on_when_it_passes(course):
    process = subprocess.Popen(
        [sys.executable, "-m", "refalloc", "check", "--watch"],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
    )
    deadline = threading.Timer(60, process.kill)  # a hang must end; nothing here waits for it
    deadline.start()
    first, second, *_ = course.exercises
    wrong = stub_text(first).replace("raise NotImplementedError", "return asked_len - given_len")
    answers = iter([wrong, first.solution.read_text()])
    said = []
    with process:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Watching exercises/00_start"):
                swap(first.file, next(answers))
            elif line.startswith("Watching"):
                process.send_signal(signal.SIGINT)
    deadline.cancel()
    text = "".join(said)
    places = [
        text.index(part)
        for part in ("00.1 not attempted", "gave -28", "00.1 correct: 1 of 1", f"{second.id} not attempted")
    ]
    assert places == sorted(places)
    assert process.returncode == 0
    assert Progress(course).passed(first)


def swap(file, text):
    """Save as many editors do: a new file takes the place of the old one."""
    new = file.with_name("new~")
    new.write_text(text)
    new.replace(file)
