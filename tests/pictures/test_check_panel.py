"""CheckPanel and Progress draw the rows that they are given, live."""

import io
import threading

import pytest
from PIL import Image

from refalloc.pictures.check_panel import CheckPanel, Progress

EXERCISE = {"id": "04.1", "title": "Size class", "link": ""}


def a_test(name, outcome, points=0):
    row = {"name": name, "outcome": outcome, "points": points, "max_points": 2}
    return {**row, "message": "" if outcome == "correct" else f"{name} went wrong", "lines": []}


def a_report(*tests):
    outcome = "correct" if all(test["outcome"] == "correct" for test in tests) else "incorrect"
    points = sum(test["points"] for test in tests)
    report = {"outcome": outcome, "points": points, "max_points": 2 * len(tests), "message": "", "lines": []}
    return {**report, "printed": "", "tests": list(tests)}


def test_rows_appear_as_tests_end(tmp_path):
    seen = []

    def run(on_test):
        tests = [a_test("first", "correct", 2), a_test("second", "incorrect")]
        for test in tests:
            on_test(test)
            seen.append(([row["name"] for row in panel._tests], panel._running))
        return a_report(*tests)

    panel = CheckPanel({**EXERCISE, "file": str(tmp_path / "answer.py")}, run)
    assert panel.text() == "04.1 Size class: not checked yet."
    panel.check()
    assert seen == [(["first"], True), (["first", "second"], True)]
    assert not panel._running
    assert panel.text() == "04.1 Size class: incorrect, 2 of 4 points."
    assert [row[1:] for row in panel.facts()["Tests"].rows] == [
        ["first", "correct", "2 of 2"],
        ["second", "incorrect", "0 of 2"],
    ]
    assert Image.open(io.BytesIO(panel.png())).width == 900


def test_checks_that_do_not_work_leave_the_panel_ready(tmp_path):
    def run(on_test):
        raise OSError("no process")

    panel = CheckPanel({**EXERCISE, "file": str(tmp_path / "answer.py")}, run)
    with pytest.raises(OSError, match="no process"):
        panel.check()
    assert not panel._running


def test_a_press_and_a_save_tell_why_checks_did_not_work(tmp_path):
    file = tmp_path / "answer.py"
    problems = ["no process", "", "no process again"]

    def run(on_test):
        problem = problems.pop(0)
        if problem:
            raise OSError(problem)
        return a_report(a_test("first", "correct", 2))

    panel = CheckPanel({**EXERCISE, "file": str(file)}, run)
    panel._on_message(panel, {"action": "check"}, [])
    assert panel._problem == "The checks did not run: no process"
    panel._on_message(panel, {"action": "check"}, [])
    assert panel._problem == ""
    panel._check_and_tell()  # as after a save
    assert panel._problem == "The checks did not run: no process again"


def test_saving_the_file_checks_again(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("1")
    checked = threading.Semaphore(0)

    def run(on_test):
        checked.release()
        return a_report(a_test("first", "correct", 2))

    panel = CheckPanel({**EXERCISE, "file": str(file)}, run, watches=True)
    for number in range(600):  # the watch begins in a thread of its own: save until it has seen one
        file.write_text(str(number))
        if checked.acquire(timeout=0.1):
            break
    else:
        pytest.fail("the file was saved and no check ran")
    panel.close()


def test_hints_unfold_one_by_one(tmp_path):
    shown = []

    def next_hint():
        shown.append(f"hint {len(shown) + 1}")
        return shown

    panel = CheckPanel(
        {**EXERCISE, "file": str(tmp_path / "a.py")}, lambda on_test: a_report(), next_hint, hint_count=2
    )
    panel._on_message(panel, {"action": "hint"}, [])
    assert panel._hints == ["hint 1"]
    assert panel.hint() == ["hint 1", "hint 2"]


def test_progress_counts_and_names_what_is_next():
    def exercise(number, passed):
        return {
            "id": f"0{number}.1",
            "title": "Bump",
            "passed": passed,
            "points": 2 * passed,
            "max_points": 2,
            "hints": 0,
        }

    lessons = [{"id": f"0{n}", "title": "Lesson", "exercises": [exercise(n, n == 1)]} for n in (1, 2)]
    progress = Progress(lessons)
    assert progress.text() == "1 of 2 exercises passed, 2 of 4 points. Next: 02.1, Bump."
    assert Image.open(io.BytesIO(progress.png())).width == 900
    progress.lessons = lessons[:1]
    assert progress.text() == "1 of 1 exercises passed, 2 of 2 points."
