"""A class from folders to pages: marks as they should be, nothing graded twice or lost, nothing told that is hidden."""

import csv
import html
import json
import os
import random
import re
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from grader.conftest import CHECKS, HIDDEN_CHECKS, left_files, listening, strays
from grader.made_up import SMALLEST, made_up_class
from grader.ordinary import ANSWERS

from refalloc.cli import main
from refalloc.grader.edition import load_term
from refalloc.grader.marks import ExerciseMark, StudentMarks
from refalloc.grader.report import csv_text, file_name, write_results
from refalloc.grader.store import Store

INDEX = """
[[lesson]]
folder = "77_of_our_own"
title = "Start"
question = "?"
[[lesson.exercise]]
title = "Classes"
minutes = 5
points = 3
seconds = 1
functions = ["size_class_index"]
hints = ["a", "b", "c"]
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one exercise, worth 3 points and 2 hidden ones."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "exercises" / "77_of_our_own"
    folder.mkdir(parents=True)
    (root / "exercises" / "index.toml").write_text(INDEX)
    (folder / "test_exercise_1.py").write_text(CHECKS)
    hidden = root / "hidden" / "77_of_our_own"
    hidden.mkdir(parents=True)
    (hidden / "test_exercise_1.py").write_text(HIDDEN_CHECKS)
    return root


def hand_in(place, answers):
    for student, source in answers.items():
        file = place / student / "77_of_our_own" / "exercise_1.py"
        file.parent.mkdir(parents=True)
        file.write_bytes(source if isinstance(source, bytes) else source.encode())
    return place


def grade(course, places, out, *options):
    command = [
        "grade",
        *map(str, places),
        "--out",
        str(out),
        "--course",
        str(course),
        "--hidden",
        str(course / "hidden"),
    ]
    result = CliRunner().invoke(main, [*command, *map(str, options)])
    assert result.exit_code == 0, result.output
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def made_up(request, tmp_path_factory, bwrap):
    """The answers of a class, and what each must get; afterwards it is sure that nothing was reached, or is left."""
    secret = tmp_path_factory.mktemp("judge") / "secret"
    secret.write_text("the hidden tests")
    secret.chmod(0o600)
    size = max(request.config.getoption("class_size"), SMALLEST)
    with listening() as (port, callers):
        yield made_up_class(size, {"port": port, "pid": os.getpid(), "secret": secret})
    assert callers == []
    assert secret.read_text() == "the hidden tests"
    assert strays() == []
    assert left_files(request.getfixturevalue("scratch")) == []


@pytest.fixture(scope="module")
def graded(course, made_up, tmp_path_factory):
    place, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("results")
    hand_in(place, {student: answer for student, (answer, _) in made_up.items()})
    hand_in(place, {"<i>tag": ANSWERS["right"][0], "=1+1": ANSWERS["right"][0]})
    (place / "nothing").mkdir()
    return out, grade(course, [place], out)


def test_every_mark_is_what_it_should_be(graded, made_up):
    _, rows = graded
    expected = {student: points for student, (_, points) in made_up.items()}
    expected |= {"<i>tag": 5, "'=1+1": 5, "nothing": 0}
    assert {student: float(row["points"]) for student, row in rows.items()} == expected
    assert {row["max_points"] for row in rows.values()} == {"5"}


def test_every_student_has_a_page_that_stands_alone(graded):
    out, rows = graded
    pages = list((out / "students").glob("*.html"))
    assert len(pages) == len(rows)
    for page in [*pages, out / "index.html"]:
        text = page.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert "default-src 'none'" in text
        assert not re.search(r"<(script|link|img|iframe|object)\b|\bon\w+=|(src|href)=(?!\"students/)", text)


def test_what_a_student_wrote_is_text_on_a_page_and_never_markup(graded):
    out, _ = graded
    page = (out / "students" / "message_with_markup.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<i>tag" not in (out / "index.html").read_text(encoding="utf-8")
    assert "&lt;i&gt;tag" in (out / "index.html").read_text(encoding="utf-8")


def test_columns_of_a_schedule_stand_below_each_other_on_a_page(tmp_path):
    lines = ["step  T0          source", "   1  takes lane  if a < b:"]
    names = ("name", "outcome", "points", "max_points", "hidden", "message")
    test = dict(zip(names, ("a race", "incorrect", 0, 1, False, "2 threads"), strict=True)) | {"lines": lines}
    report = {"outcome": "incorrect", "points": 0, "seconds": 1, "tests": [{**test, "id": "test_a_race", "detail": ""}]}
    mark = ExerciseMark(report, 1, 0, Decimal(0), 1, "Races")
    write_results(tmp_path, [StudentMarks("ada", "", {"08.1": mark})], [], "bwrap")
    page = (tmp_path / "students" / "ada.html").read_text()
    [shown] = re.findall(r'<pre class="small columns">(.*?)</pre>', page, re.DOTALL)
    assert html.unescape(shown).splitlines() == lines


def test_no_id_that_somebody_chose_names_the_page_of_another():
    ids = ["x/y", "x y", "ada"]
    assert len({file_name(student) for student in (*ids, *map(file_name, ids))}) == 5  # ada's is ada's


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(start):
    assert csv_text([[f"{start}1+1", 5]]).lstrip('"').startswith("'")


def test_what_students_read_has_nothing_of_a_hidden_test_but_its_hint(graded):
    out, _ = graded
    for file in (out / "students").iterdir():
        text = file.read_text(encoding="utf-8")
        for secret in (
            "test_the_alignment",
            "test_every_length",
            "the alignment is larger<",
            "every length",
            "(1, 64)",
        ):
            assert secret not in text, file
    page = (out / "students" / "ignores_alignment.html").read_text(encoding="utf-8")
    assert "A hidden test failed. Hint: what if the alignment is larger than the length?" in page
    details = json.loads((out / "details" / "ignores_alignment.json").read_text())
    assert "assert 0 == 3" in details["exercises"][0]["tests"][3]["detail"]


def test_reports_are_stamped_with_the_cage(graded):
    out, _ = graded
    assert json.loads((out / "students" / "right.json").read_text())["sandbox"] == "bwrap"
    assert "sandbox: bwrap" in (out / "students" / "right.html").read_text()


def test_statistics_count_the_outcomes_of_each_test(graded):
    out, rows = graded
    tests = json.loads((out / "statistics.json").read_text())
    assert [test["test"] for test in tests][:2] == ["one byte", "a word"]
    for test in tests:
        assert sum(test["outcomes"].values()) == test["answers"] == len(rows)


def test_nothing_is_graded_twice(graded, course):
    out, rows = graded
    with Store(out) as store:
        before = len(store)
    result = CliRunner().invoke(main, ["grade", str(course / "hidden"), "--out", str(out), "--course", str(course)])
    assert result.exit_code == 0, result.output  # another class, into the same results
    with Store(out) as store:
        assert len(store) == before + 1  # what nobody handed in, without the hidden tests
    assert rows


def test_lateness_and_attempts(course, tmp_path, bwrap):
    right, wrong = ANSWERS["right"][0], ANSWERS["ignores_alignment"][0]
    first = hand_in(tmp_path / "first", {"ada": wrong, "grace": right})
    second = hand_in(tmp_path / "second", {"ada": right, "grace": wrong})
    times = tmp_path / "times.csv"
    times.write_text("student,submitted,attempt\nada,2026-10-03T00:00:00+00:00,2\ngrace,2026-10-09T00:00:00+00:00,2\n")
    late = ["--due", "2026-10-01T12:00:00+00:00", "--late-per-day", 10, "--late-max", 30, "--times", times]
    rows = grade(course, [first, second], tmp_path / "best", *late)
    assert {student: row["points"] for student, row in rows.items()} == {"ada": "4.00", "grace": "5.00"}
    rows = grade(course, [first, second], tmp_path / "last", *late, "--keep", "last")
    assert {student: row["points"] for student, row in rows.items()} == {"ada": "4.00", "grace": "2.10"}
    assert "20 percent off" in (tmp_path / "last" / "students" / "ada.html").read_text()


def test_an_exercise_can_be_regraded_alone(course, tmp_path, bwrap):
    place = hand_in(tmp_path / "class", {"ada": ANSWERS["right"][0]})
    grade(course, [place], tmp_path / "out")
    with Store(tmp_path / "out") as store:
        [key] = [row[0] for row in store._base.execute("SELECT key FROM results")]
        store.put(store.get(key) | {"points": 1})
    assert grade(course, [place], tmp_path / "out")["ada"]["points"] == "1.00"
    assert grade(course, [place], tmp_path / "out", "--regrade", "77.1")["ada"]["points"] == "5.00"


def test_only_what_is_asked_for_is_graded_by_as_many_as_asked_for(course, tmp_path, bwrap):
    place = hand_in(tmp_path / "class", {f"student{n}": f"{ANSWERS['right'][0]}\n# {n}\n" for n in range(6)})
    rows = grade(course, [place], tmp_path / "out", "--only", "77.1", "--workers", 3)
    assert [row["77.1"] for row in rows.values()] == ["5.00"] * 6
    command = ["grade", str(place), "--out", str(tmp_path / "out"), "--course", str(course), "--only", "77.2"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "77.2" in result.output


def test_a_copied_answer_is_named_to_the_instructor_and_to_no_student(course, tmp_path, bwrap):
    own = """
def size_class_index(length, alignment):
    needed, index = max(length, alignment), 0
    for power in range(3, 64):
        if needed <= 1 << power:
            return power - 3
        index += 1
    raise ValueError(f"no class holds {length} bytes at {alignment}, after {index} were tried")
"""
    copy = own.replace("needed", "n").replace("index,", "i,").replace("power", "p") + "# my own work\n"
    place = hand_in(tmp_path / "class", {"ada": own, "eve": copy, "grace": ANSWERS["right_with_a_loop"][0]})
    grade(course, [place], tmp_path / "out")
    rows = (tmp_path / "out" / "similarity.csv").read_text().splitlines()
    assert rows == ["exercise,first,second,share", "77.1,ada,eve,1.00"]
    assert "ada and eve" in (tmp_path / "out" / "index.html").read_text()
    assert "eve" not in (tmp_path / "out" / "students" / "ada.html").read_text()


def test_last_terms_table_fails_in_another_edition(course, tmp_path, bwrap):
    checks = "def test_sum(student, edition, rng):\n    row = [rng.randrange(10**6), rng.randrange(10**6)]\n"
    checks += "    assert student.add(*row) == sum(row) + edition('bias', 0)\n"
    root = tmp_path / "course"
    (root / "exercises" / "77_of_our_own").mkdir(parents=True)
    (root / "exercises" / "index.toml").write_text(INDEX)
    (root / "exercises" / "77_of_our_own" / "test_exercise_1.py").write_text(checks)
    (root / "hidden").mkdir()
    for name in ("spring", "autumn"):
        (tmp_path / f"{name}.toml").write_text(
            f'name = "{name}"\nseed = "{name}"\n[knobs."77.1"]\nbias = {len(name)}\n'
        )
    # What a student of spring saw: one row of inputs, and its answer.
    seed = load_term(tmp_path / "spring.toml").seed_for("eve", "77.1")
    rng = random.Random(f"{seed} test_sum")
    row = (rng.randrange(10**6), rng.randrange(10**6))
    table = {row: sum(row) + len("spring")}
    place = hand_in(tmp_path / "class", {"eve": f"def add(a, b):\n    return {table}.get((a, b), 0)\n"})
    spring = grade(root, [place], tmp_path / "s", "--edition", tmp_path / "spring.toml")
    autumn = grade(root, [place], tmp_path / "a", "--edition", tmp_path / "autumn.toml")
    assert (spring["eve"]["points"], autumn["eve"]["points"]) == ("1.00", "0.00")


def test_a_run_that_is_killed_goes_on_where_it_was(course, tmp_path, bwrap):
    answers = {f"student{n:02}": f"# {n}\n{ANSWERS['right'][0]}" for n in range(24)}
    place, out = hand_in(tmp_path / "class", answers), tmp_path / "out"
    command = [sys.executable, "-m", "refalloc", "grade", str(place), "--out", str(out), "--course", str(course)]
    hidden = ["--hidden", str(course / "hidden")]
    out.mkdir()
    with subprocess.Popen([*command, *hidden], stderr=subprocess.DEVNULL) as process, Store(out) as store:
        while len(store) < 5:  # some are done, and some are not
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = len(store)
        assert done < len(answers)
        kept = {row[0]: row[1] for row in store._base.execute("SELECT key, report FROM results")}
    rows = grade(course, [place], out)
    assert [row["points"] for row in rows.values()] == ["5.00"] * len(answers)
    with Store(out) as store:
        after = {row[0]: row[1] for row in store._base.execute("SELECT key, report FROM results")}
    assert len(after) == len(answers)
    assert kept.items() <= after.items()  # seconds and all: none was graded again
    assert list(Path(out).glob("**/*tmp*")) == []


def test_a_broken_check_leaves_no_mark_and_an_error(course, tmp_path, bwrap):
    root = tmp_path / "course"
    (root / "exercises" / "77_of_our_own").mkdir(parents=True)
    (root / "exercises" / "index.toml").write_text(INDEX)
    (root / "exercises" / "77_of_our_own" / "test_exercise_1.py").write_text("import no_such_thing\n")
    place = hand_in(tmp_path / "class", {"ada": ANSWERS["right"][0]})
    command = ["grade", str(place), "--out", str(tmp_path / "out"), "--course", str(root)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "no_such_thing" in result.output
    assert "have no mark" in result.output


def test_a_missing_argument_is_told():
    result = CliRunner().invoke(main, ["grade"])
    assert result.exit_code == 2
    assert "refalloc grade SUBMISSIONS --out RESULTS" in result.output


def test_a_folder_may_be_called_class(course, tmp_path, bwrap, monkeypatch):
    hand_in(tmp_path / "class", {"ada": ANSWERS["right"][0]})
    monkeypatch.chdir(tmp_path)
    assert grade(course, ["class"], tmp_path / "out")["ada"]["points"] == "5.00"


def test_help_lists_the_options_of_grading():
    assert "--late-per-day" in CliRunner().invoke(main, ["grade", "SUBMISSIONS", "--help"]).output
    assert "--late-per-day" in CliRunner().invoke(main, ["grade", "anything", "--help"]).output
    assert "grade SUBMISSIONS --help" in CliRunner().invoke(main, ["grade", "--help"]).output


def test_the_doctor_names_every_cage(bwrap):
    result = CliRunner().invoke(main, ["grade", "--doctor"])
    assert result.exit_code == 0
    for level in ("bwrap", "landlock", "user", "limits"):
        assert level in result.output
