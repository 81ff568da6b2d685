"""Whatever the learner's code does, a check ends, and says what happened in a sentence."""

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from refalloc.course import CourseError
from refalloc.course.runner import OUTCOMES, check_exercise

CHECKS = """
import pytest
from refalloc.course.expect import compare

@pytest.mark.points(2)
def test_it_doubles(student):
    compare(student.double, [[1], [2], [30]], lambda number: 2 * number, {"You add one.": lambda number: number + 1})

def test_it_doubles_zero(student, edition):
    assert student.double(edition("zero", 0)) == 0
"""


@pytest.fixture
def exercise(course, tmp_path):
    checks = tmp_path / "test_exercise_1.py"
    checks.write_text(CHECKS)
    some = course.exercise("00.1")
    return dataclasses.replace(some, points=3, checks=checks, file=tmp_path / "exercise_1.py", seconds=2)


@pytest.fixture
def check(exercise):
    """check(body) is the report on `def double(number):` with that body; check(source=...) on a whole file."""

    def run(body="", source=None, **changes):
        exercise.file.write_bytes((source or f"def double(number):\n    {body}\n").encode())
        return check_exercise(dataclasses.replace(exercise, **changes))

    return run


def test_a_right_answer_is_correct_with_all_points(check):
    report = check("return number * 2")
    assert (report.outcome, report.points, report.max_points, report.message) == ("correct", 3, 3, "")
    assert [(test.name, test.points) for test in report.tests] == [("it doubles", 2), ("it doubles zero", 1)]


@pytest.mark.parametrize("later", ["return 2 // 0", "import os; os._exit(3)", "while True: pass"])
def test_a_crash_does_not_hide_what_went_wrong_before(check, later):
    body = f"if number == 0:\n        {later}\n    return number + 1"
    report = check(body, seconds=1)
    assert report.tests[0].outcome == report.outcome == "incorrect"
    assert report.tests[1].outcome in ("crashed", "timed out")
    assert report.message == "double(number=2) gave 3; expected 4. You add one."


def test_a_partly_right_answer_gets_the_points_of_the_tests_that_pass(check):
    report = check("return number if number == 0 else number + 1")
    assert (report.outcome, report.points) == ("incorrect", 1)


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ("raise NotImplementedError", "not attempted", "double still raises NotImplementedError"),
        ("return number + 1", "incorrect", "double(number=2) gave 3; expected 4. You add one."),
        ("return", "incorrect", "double(number=1) gave None; expected 2. Is there a `return` on every path?"),
        ("return number * 2.0", "incorrect", "double(number=1) gave 2.0, a float; give an int back"),
        ("return str(number)", "incorrect", "gave '1'; expected 2. That is of type str, where int is expected."),
        ("return (2,)", "incorrect", "double(number=1) gave (2,), a tuple; give a list back"),
        ("return {2}", "incorrect", "gave {2}, a set; give a list back"),
        ("yield 2", "incorrect", "a generator; `return` gives a value back"),
        ("return object", "incorrect", "a type; give back an int, bytes, a str, a list of those, or None"),
        ("return number == 1 or 4", "incorrect", "gave True; expected 2. That is of type bool"),
        ("return [double] * 2", "incorrect", "a function; give back an int"),
        ("return 2 // 0", "crashed", "double(number=1) raised ZeroDivisionError"),
        ("return double(number)", "crashed", "double(number=1) calls itself without end"),
        ("exit()", "crashed", "double(number=1) raised SystemExit"),
        ("return input()", "crashed", "double(number=1) raised EOFError"),
        ("assert number == 0", "crashed", "double(number=1) raised AssertionError"),
        ("import os; os._exit(0)", "crashed", "Your code ended the whole process (exit code 0)"),
        ("raise KeyboardInterrupt", "crashed", "double(number=1) raised KeyboardInterrupt"),
        ("return [0] * 2**40", "crashed", "double(number=1) raised MemoryError"),
        ("while True: pass", "timed out", "Your code still ran after 2 seconds in double(number=1)"),
        ("return 'a' * 10**6", "incorrect", "aaa ... aaa"),
        ("while True: print('x' * 999)", "crashed", "Your code printed more than 1 MiB and was stopped"),
    ],
)
def test_each_kind_of_failure_gets_its_sentence(check, body, outcome, message):
    report = check(body)
    assert report.outcome == outcome
    assert outcome in OUTCOMES
    assert message in report.message
    assert "Traceback" not in report.message


@pytest.mark.parametrize("end", ["os.abort()", "ctypes.string_at(0)"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_a_hard_crash_is_told_with_its_line(check, end):
    report = check(source=f"import ctypes, os\n\ndef double(number):\n    {end}\n")
    assert report.outcome == "crashed"
    assert "the notebook and the terminal are unharmed" in report.message
    assert report.lines == [f"exercise_1.py, line 4, in double: {end}"]
    assert [test.outcome for test in report.tests] == ["crashed", "not reached"]


@pytest.mark.parametrize(
    ("source", "message", "lines"),
    [
        ("def double(:\n", "Python cannot read the file: invalid syntax", ["exercise_1.py, line 1: def double(:"]),
        ("def double(a):\n\treturn\n  return", "Python cannot read the file: ", None),
        ("import nonsense\n", "The file imports what is not there: No module named 'nonsense'", None),
        ("1 / 0\n", "The file raised ZeroDivisionError", ["exercise_1.py, line 1, in <module>: 1 / 0"]),
        ("exit()\n", "The file raised SystemExit", None),
        ("\0", "Python cannot read the file: ", None),
        ("# nothing\n", "exercise_1.py has no function double; put its `def` line back", None),
        ("while True: pass\n", "Your code still ran after 2 seconds", None),
    ],
)
def test_a_file_that_cannot_be_loaded_is_told_with_its_line(check, source, message, lines):
    report = check(source=source)
    assert report.outcome in ("crashed", "timed out")
    assert report.message.startswith(message)
    assert lines is None or report.lines == lines


def test_a_raised_error_is_told_with_the_learners_lines_alone(check):
    report = check(source="def helper(n):\n    return n / 0\n\ndef double(number):\n    return helper(number)\n")
    assert report.lines == [
        "exercise_1.py, line 5, in double: return helper(number)",
        "exercise_1.py, line 2, in helper: return n / 0",
    ]


def test_a_file_that_is_gone_is_told(exercise):
    report = check_exercise(exercise)
    assert report.outcome == "crashed"
    assert "`refalloc reset 00.1` puts the stub back" in report.message


def test_what_the_code_prints_is_shown_whichever_way_it_is_printed(check):
    report = check(
        source="import os, sys\ndef double(n):\n    print('a', n)\n    os.write(1, b'b\\n')\n    return 2 * n\n"
    )
    assert report.outcome == "correct"
    assert report.printed.startswith("a 1\nb\na 2\n")


def test_what_looks_like_a_result_in_prints_is_only_a_print(check):
    report = check('print(\'{"event": "end"}\'); return number + 1')
    assert report.outcome == "incorrect"
    assert '{"event": "end"}' in report.printed


def test_threads_left_running_do_not_hold_the_check_up(check):
    source = """
import threading

def double(number):
    threading.Thread(target=threading.Event().wait).start()
    return 2 * number
"""
    assert check(source=source).outcome == "correct"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_processes_left_running_end_with_the_check(check, tmp_path):
    pid_file = tmp_path / "pid"
    source = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(pid_file)!r}, "w").write(str(child.pid))

def double(number):
    return 2 * number
"""
    assert check(source=source).outcome == "correct"
    stat = Path("/proc", pid_file.read_text(), "stat")
    assert not stat.exists() or stat.read_text().split(")")[1].split()[0] in "ZX"


def test_an_argument_that_is_changed_is_a_copy(check, exercise):
    exercise.checks.write_text(
        "def test_it_leaves_its_list_alone(student):\n"
        "    given = [1, 2]\n    assert student.double(given) == [1, 2, 0]\n    assert given == [1, 2]\n"
    )
    assert check("number.append(0); return number").outcome == "correct"


def test_an_edition_sets_a_knob(check):
    assert (
        check("return number * 2", knobs={"zero": 4}).message == "double(number=4) gave something else than expected."
    )


def test_tests_are_told_as_they_end(exercise):
    exercise.file.write_text("def double(number):\n    return number * 2\n")
    told = []
    report = check_exercise(exercise, on_test=told.append)
    assert tuple(told) == report.tests


def test_no_file_of_the_project_or_beside_the_learners_takes_part(check, exercise):
    folder = exercise.file.parent
    (folder / "conftest.py").write_text("raise RuntimeError")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    (folder / "random.py").write_text("raise RuntimeError")
    assert check(source="import random\ndef double(number):\n    return 2 * number\n").outcome == "correct"


@pytest.mark.parametrize(
    "checks", ["", "import nonsense\n", "def test_x(:\n", "@pytest.mark.nonsense\ndef test_a(): 0"]
)
def test_a_check_that_does_not_work_is_no_fault_of_the_learners(check, exercise, checks):
    exercise.checks.write_text(checks)
    with pytest.raises(CourseError, match=r"the check of exercise 00.1 (does not work|has no tests)"):
        check("return 0")


def test_a_check_that_stumbles_over_an_answer_says_on_which(check, exercise):
    exercise.checks.write_text("def test_a(student):\n    assert student.double(1)[0] == 1\n")
    report = check("return number")
    assert report.message.startswith("After double(number=1) the check could not go on: TypeError")


def test_a_process_that_an_answer_leaves_behind_does_not_hold_the_check_up(check):
    orphan = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\n    os._exit(0)\n"
    report = check(source=orphan + "def double(number):\n    return 2 * number\n")
    assert report.outcome == "correct"
    assert report.seconds < 50, "it did not wait for the process"


def test_what_a_terminal_would_obey_or_cannot_show_is_written_out(check):
    report = check("print('\\x1b[31m'); raise ValueError('\\ud800')")
    assert "\\ud800" in report.message
    assert "\\x1b[31m" in report.printed
    report.message.encode()
