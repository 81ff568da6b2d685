"""Each export, held against the written rules of the system that reads it."""

import base64
import csv
import datetime
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from grader.conftest import small_course
from grader.ordinary import ANSWERS

from refalloc.cli import main
from refalloc.commands import grade_export
from refalloc.course.index import load_course
from refalloc.grader import GraderError
from refalloc.grader.exports import canvas, classroom50, gradescope, moodle, nbgrader

ROOT = Path(__file__).parents[2]


def checked(outcome, points, hidden=False, message=""):
    most = 2
    return {
        "name": "hidden test" if hidden else "a length",
        "outcome": outcome,
        "points": points,
        "max_points": most,
        "hidden": hidden,
        "message": message,
        "lines": [],
    }


def report_of(student, *tests, name="", points=None):
    earned = sum(test["points"] for test in tests)
    exercise = {
        "exercise": "04.2",
        "title": "Finer classes",
        "outcome": "correct" if earned == 2 * len(tests) else "incorrect",
        "points": earned if points is None else points,
        "points_before_penalty": earned,
        "max_points": 2 * len(tests),
        "late_percent": 0,
        "attempt": 1,
        "seconds": 0.6,
        "tests": list(tests),
    }
    return {
        "student": student,
        "name": name,
        "edition": "",
        "sandbox": "bwrap",
        "points": exercise["points"],
        "max_points": exercise["max_points"],
        "percent": 0,
        "notes": [],
        "exercises": [exercise],
    }


GOOD = report_of("101", checked("correct", 2), checked("correct", 2, hidden=True), name="Ada Lovelace")
HALF = report_of("102", checked("correct", 2), checked("incorrect", 0, True, "=HYPERLINK()"), name="=cmd|x", points=1.5)
REPORTS = {"101": GOOD, "102": HALF}


def rows_of(text, delimiter=","):
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


# Gradescope

TOP = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"}
TOP |= {"stdout_visibility", "extra_data", "tests", "leaderboard"}
TEST = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
TEST |= {"visibility", "extra_data"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
TEXT_FORMATS = {"text", "html", "simple_format", "md", "ansi"}


def require_gradescope(results):
    """The rules of specs.md."""
    assert results.keys() <= TOP
    assert isinstance(results["score"], int | float)
    assert isinstance(results["execution_time"], int)
    assert {results[name] for name in ("visibility", "stdout_visibility")} <= VISIBILITIES
    assert isinstance(results["output"], str)
    assert isinstance(results["extra_data"], dict)
    for name in ("output_format", "test_output_format", "test_name_format"):
        assert results[name] in TEXT_FORMATS
    for test in results["tests"]:
        assert test.keys() <= TEST
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in VISIBILITIES - {"hidden"}  # one hidden test hides the total
        assert {test["output_format"], test["name_format"]} <= TEXT_FORMATS
        assert isinstance(test["name"], str)
        assert 0 <= test["score"] <= test["max_score"]
        assert isinstance(test["output"], str)
        assert isinstance(test["number"], str)


@pytest.mark.parametrize("report", [GOOD, HALF])
def test_gradescope_results_keep_to_its_specification(report):
    results = gradescope.results(report)
    require_gradescope(results)
    assert results["score"] == report["points"]
    assert [test["visibility"] for test in results["tests"]] == ["visible", "after_published"]


METADATA = {  # every field of submission_metadata.md
    "id": 123456,
    "created_at": "2026-10-03T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2026-10-01T23:00:00.000000-07:00",
        "group_size": 4,
        "group_submission": True,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2026-09-02T00:00:00.000000-07:00",
        "title": "Programming Assignment 1",
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "b@example.com", "id": 22, "name": "B"}, {"email": "a@example.com", "id": 11, "name": "A"}],
    "previous_submissions": [
        {"submission_time": "2026-09-30T14:24:48.087023-07:00", "score": 2.5, "results": {}},
        {"submission_time": "2026-09-29T14:24:48.087023-07:00", "score": None, "results": {}},
        {"submission_time": "2026-09-28T14:24:48.087023-07:00", "score": 1.0, "results": {}},
    ],
}


def written(folder, metadata):
    file = folder / "submission_metadata.json"
    file.write_text(json.dumps(metadata))
    return file


def test_gradescopes_metadata_tells_who_and_when(tmp_path):
    told = gradescope.read_metadata(written(tmp_path, METADATA))
    assert told.student == "11+22"
    assert told.submitted - told.due == datetime.timedelta(
        days=1, hours=15, minutes=22, seconds=32, microseconds=365935
    )
    assert [earlier.points for earlier in told.previous] == [2.5, 1.0]
    no_date = METADATA | {"assignment": METADATA["assignment"] | {"due_date": None}}
    assert gradescope.read_metadata(written(tmp_path, no_date)).due is None


@pytest.mark.parametrize("lacking", ["created_at", "assignment", "users", "previous_submissions"])
def test_metadata_of_another_form_is_told(tmp_path, lacking):
    file = written(tmp_path, {name: value for name, value in METADATA.items() if name != lacking})
    with pytest.raises(GraderError, match=lacking):
        gradescope.read_metadata(file)
    file.write_text("{")
    with pytest.raises(GraderError, match="that Gradescope wrote"):
        gradescope.read_metadata(file)


def grade_one(root, *options):
    command = ["grade", "one", root, "--course", root, "--format", "gradescope", *options]
    result = CliRunner().invoke(main, list(map(str, command)))
    assert result.exit_code == 0, result.output
    results = json.loads(result.stdout)
    require_gradescope(results)
    return results


def test_lateness_on_gradescope_costs_what_it_costs_elsewhere(tmp_path, bwrap):
    root = small_course(tmp_path / "clone")
    (root / "exercises" / "00_start" / "exercise_1.py").write_text(ANSWERS["right"][0])
    metadata = ["--metadata", written(tmp_path, METADATA)]
    late = ["--late-per-day", 10]
    assert grade_one(root, *metadata)["score"] == 3
    results = grade_one(root, *metadata, *late)
    assert results["score"] == 2.4
    assert results["output"] == "Handed in late: 20 percent off."
    assert grade_one(root, *metadata, *late, "--late-max", 15)["score"] == 2.55
    assert grade_one(root, *metadata, *late, "--due", "2026-10-04T00:00:00+00:00")["score"] == 3  # an extension
    best = grade_one(root, *metadata, *late, "--keep", "best")
    assert best["score"] == 2.5
    assert "The one of 2026-09-30 " in best["output"]
    assert grade_one(root, *metadata, "--keep", "best")["score"] == 3


def test_a_due_date_without_metadata_is_told(tmp_path):
    result = CliRunner().invoke(main, ["grade", "one", str(tmp_path), "--due", "2026-10-04T00:00:00+00:00"])
    assert result.exit_code == 2
    assert "says nothing without --metadata" in result.output


def test_the_autograder_zip_runs_as_gradescope_runs_it(tmp_path, bwrap):
    root = small_course(tmp_path / "clone")
    bundle = tmp_path / "autograder.zip"
    command = ["grade", "export", "gradescope", "--out", bundle, "--course", root, "--hidden", root / "private"]
    command += ["--late-per-day", 50, "--late-max", 90]
    result = CliRunner().invoke(main, list(map(str, command)))
    assert result.exit_code == 0, result.output
    source = tmp_path / "autograder" / "source"
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        archive.extractall(source)
    assert {"setup.sh", "run_autograder"} <= set(names)  # at the top of the zip
    answers = [name for name in names if re.fullmatch(r"course/exercises/.*/exercise_.*", name)]
    assert answers == []  # they have no place in it
    for name in ("setup.sh", "run_autograder"):
        assert (source / name).read_bytes().startswith(b"#!/usr/bin/env bash\n")
        subprocess.run(["bash", "-n", source / name], check=True)
    submission = tmp_path / "autograder" / "submission"
    submission.mkdir()
    (submission / "exercise_1.py").write_text(f'"""Exercise 00.1"""\n{ANSWERS["ignores_alignment"][0]}')
    written(tmp_path / "autograder", METADATA)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "AUTOGRADER_ROOT": str(tmp_path / "autograder"), "PATH": path}
    subprocess.run(["bash", source / "run_autograder"], check=True, env=environment, cwd=tmp_path)
    results = json.loads((tmp_path / "autograder" / "results" / "results.json").read_text())
    require_gradescope(results)
    assert results["score"] == 0.3  # of 3, two days late
    assert [test["status"] for test in results["tests"]] == ["passed", "passed", "passed", "failed", "failed"]
    assert "size_class_index(1, 64)" not in json.dumps(results)


# Canvas

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 4 (9001),Homework 5 (9002),Final Score
    Points Possible,,,,,10,,(read only)
"Lovelace, Ada",101,s1,ada,A,,3,77
"Hopper, Grace",102,s2,grace,A,5,-,12
"Test, =Student",103,s3,x,A,EX,,0
"""


def test_canvas_keeps_its_rows_and_gets_one_column(tmp_path):
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK, encoding="utf-8-sig")
    text, missing = canvas.fill(file, REPORTS | {"999": GOOD}, "Homework 4")
    before, after = rows_of(GRADEBOOK), rows_of(text)
    assert missing == ["999"]
    assert [row[5] for row in after] == ["Homework 4 (9001)", "10", "10.00", "3.75", "EX"]
    for old, new in zip(before, after, strict=True):
        assert old[:5] + old[6:] == new[:5] + new[6:]


def test_canvas_without_points_possible_gets_points(tmp_path):
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK.replace(",", ";").replace('"Lovelace; Ada"', "Ada"))
    text, _ = canvas.fill(file, {"ada": GOOD}, "Homework 5 (9002)", match="login")
    assert rows_of(text, ";")[2][6] == "4.00"


@pytest.mark.parametrize(
    ("column", "match", "reason"),
    [
        ("Homework 6", "id", "0 columns"),
        ("Final Score", "id", "read only"),
        ("ID", "id", "0"),
    ],
)
def test_canvas_columns_that_would_not_be_imported_are_refused(tmp_path, column, match, reason):
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK)
    with pytest.raises(GraderError, match=reason):
        canvas.fill(file, REPORTS, column, match)


def test_canvas_rows_are_found_by_the_column_that_one_asks_for(tmp_path):
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK)
    assert canvas.fill(file, {"s2": GOOD}, "Homework 4", "sis")[1] == []
    assert canvas.fill(file, {"s2": GOOD}, "Homework 4", "login")[1] == ["s2"]


def test_canvas_keeps_who_is_excused(tmp_path):
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK)
    text, missing = canvas.fill(file, REPORTS | {"103": GOOD}, "Homework 4")
    assert missing == []
    assert [row[5] for row in rows_of(text)[2:]] == ["10.00", "3.75", "EX"]


def test_canvas_may_split_names_and_write_commas_in_numbers(tmp_path):
    file = tmp_path / "gradebook.csv"
    lines = ["LastName;FirstName;ID;SIS Login ID;Section;Homework 4 (9001)", "Points Possible;;;;;2,5"]
    file.write_text("\n".join([*lines, ";;;;;Manual Posting", "Lovelace;Ada;101;ada;A;"]))
    text, _ = canvas.fill(file, {"101": GOOD}, "Homework 4")
    assert [row[5] for row in rows_of(text, ";")[1:]] == ["2,5", "Manual Posting", "2.50"]
    file.write_text(file.read_text().replace("2,5", "ten"))
    with pytest.raises(GraderError, match="'ten', and no number"):
        canvas.fill(file, {"101": GOOD}, "Homework 4")


def test_canvas_needs_a_gradebook(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(GraderError, match="no gradebook of Canvas"):
        canvas.fill(file, REPORTS, "a")


# Moodle

WORKSHEET = """\
Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),Feedback comments
Participant 101,Ada,Submitted,,20.00,Yes,-,
Participant 555,Eve,Submitted,7.00,20.00,Yes,-,old
"""


def test_moodle_grades_are_numbers_up_to_a_hundred_and_formulas_are_text():
    roster = {"101": {"username": "ada", "idnumber": "1", "email": "@ada"}, "102": {"username": "g"}}
    text, missing = moodle.import_csv(REPORTS, "=Item", roster)
    rows = rows_of(text)
    assert missing == []
    assert rows[0][:3] == ["username", "idnumber", "email"]
    assert [row[0] for row in rows[1:]] == ["ada", "g"]
    assert [float(row[3]) for row in rows[1:]] == [100.0, 37.5]
    assert all(0 <= float(row[3]) <= 100 for row in rows[1:])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_moodle_gets_nobody_whom_it_does_not_know(tmp_path):
    """One such row, and it takes none of the file."""
    file = tmp_path / "roster.csv"
    file.write_text("student,email\n101,ada@x\n102,\n")
    text, missing = moodle.import_csv(REPORTS, "Item", moodle.read_roster(file))
    assert [row[2] for row in rows_of(text)[1:]] == ["ada@x"]
    assert missing == ["102"]


@pytest.mark.parametrize("header", ["username,email", "student,name", ""])
def test_a_roster_that_says_not_who_is_who_is_refused(tmp_path, header):
    file = tmp_path / "roster.csv"
    file.write_text(f"{header}\n101,ada\n")
    with pytest.raises(GraderError, match="expected student, and one of username, idnumber, email"):
        moodle.read_roster(file)


def test_a_worksheet_is_written_with_commas_whatever_a_spreadsheet_made_of_it(tmp_path):
    file = tmp_path / "worksheet.csv"
    file.write_text(WORKSHEET.replace(",", ";"))
    text, _ = moodle.fill_worksheet(file, REPORTS)
    assert rows_of(text)[1][:4] == ["Participant 101", "Ada", "Submitted", "20.00"]
    file.write_text(WORKSHEET.replace("20.00", "A to F"))
    with pytest.raises(GraderError, match="'A to F', and no number"):
        moodle.fill_worksheet(file, REPORTS)


def test_moodle_worksheet_is_filled_in_its_own_rows(tmp_path):
    file = tmp_path / "worksheet.csv"
    file.write_text(WORKSHEET)
    text, missing = moodle.fill_worksheet(file, REPORTS)
    rows = rows_of(text)
    assert rows[0] == rows_of(WORKSHEET)[0]
    assert (rows[1][0], rows[1][3]) == ("Participant 101", "20.00")
    assert rows[1][1:3] + rows[1][4:7] == rows_of(WORKSHEET)[1][1:3] + rows_of(WORKSHEET)[1][4:7]
    assert "04.2 Finer classes: 4 of 4, correct" in rows[1][7]
    assert rows[2] == rows_of(WORKSHEET)[2]
    assert missing == ["102"]


def test_a_worksheet_in_another_language_is_refused(tmp_path):
    file = tmp_path / "worksheet.csv"
    file.write_text("Kennung,Bewertung\n")
    with pytest.raises(GraderError, match="Moodle in English"):
        moodle.fill_worksheet(file, REPORTS)


# nbgrader

NBGRADER_COLUMNS = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score"


def test_nbgrader_rows_have_its_columns():
    rows = rows_of(nbgrader.export_csv(REPORTS, "hw4"))
    assert ",".join(rows[0]) == f"{NBGRADER_COLUMNS},late_submission_penalty,score,max_score"
    assert rows[1] == ["hw4", "", "", "101", "Lovelace", "Ada", "", "4", "0", "4", "4"]
    assert rows[2][5] == "'=cmd|x"
    assert [float(cell) for cell in rows[2][7:]] == [2, 0.5, 1.5, 4]


# Classroom 50

RUNNER = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "hw4",
    "SUBMISSION_TAG": "submit/2026-01-01T00-00-00Z-abc",
    "COMMIT_URL": "https://github.com/x/y/commit/abc",
    "RELEASE_URL": "https://github.com/x/y/releases/tag/z",
}


def test_classroom50_result_has_its_fields_and_whole_scores():
    result = classroom50.result(HALF, RUNNER)
    assert result["schema"] == "classroom50/result/v1"
    for field in ("classroom", "assignment", "submission", "commit", "release", "review", "datetime"):
        assert isinstance(result[field], str)
        assert result[field]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
    assert type(result["score"]) is int
    assert (result["score"], result["max-score"]) == (2, 4)
    assert sum(test["score"] for test in result["tests"]) == result["score"]
    assert type(result["max-score"]) is int
    assert "owner" not in result  # it and the next are the runner's to stamp
    assert "assignment_type" not in result
    assert len({test["test-name"] for test in result["tests"]}) == 2
    for test in result["tests"]:
        assert test.keys() >= {"test-name", "passed", "score", "max-score"}
        assert [type(test[name]) for name in ("test-name", "passed", "score", "max-score")] == [str, bool, int, int]
        assert 0 <= test["score"] <= test["max-score"]
    assert [test["passed"] for test in result["tests"]] == [True, False]


def test_classroom50_gives_no_part_of_a_point():
    half = report_of("101", checked("correct", 1.5) | {"max_points": 1.5}, checked("correct", 2))
    result = classroom50.result(half, RUNNER)
    assert (result["score"], result["max-score"]) == (3, 3)
    assert [test["score"] for test in result["tests"]] == [1, 2]


def test_classroom50_is_told_that_grading_ran_whatever_the_mark(tmp_path, bwrap, monkeypatch):
    root, out = small_course(tmp_path / "clone"), tmp_path / "new" / "result.json"
    (root / "exercises" / "00_start" / "exercise_1.py").write_text(ANSWERS["raises"][0])
    command = ["grade", "one", str(root), "--course", str(root), "--format", "classroom50", "--out", str(out)]
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text())["score"] < json.loads(out.read_text())["max-score"]


def test_classroom50_outside_its_runner_is_an_error_before_anything_is_graded(tmp_path, monkeypatch):
    with pytest.raises(GraderError, match="SUBMISSION_TAG"):
        classroom50.result(GOOD, {})
    monkeypatch.setattr(grade_export, "choose_level", None)  # to grade would start with it
    result = CliRunner().invoke(main, ["grade", "one", str(tmp_path), "--format", "classroom50"], env={"CLASSROOM": ""})
    assert result.exit_code == 1
    assert "run this in it" in result.output


# GitHub Classroom


def test_github_classrooms_reporter_can_read_the_result(tmp_path, bwrap):
    root = small_course(tmp_path / "clone")
    (root / "exercises" / "00_start" / "exercise_1.py").write_text(ANSWERS["ignores_alignment"][0])
    command = ["grade", "one", str(root), "--course", str(root), "--format", "github-classroom"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    decoded = json.loads(base64.b64decode(result.stdout.strip(), validate=True))
    assert decoded["max_score"] == 3
    assert [test["score"] for test in decoded["tests"]] == [1, 1, 1]
    assert {test["status"] for test in decoded["tests"]} == {"pass"}
    assert len({test["name"] for test in decoded["tests"]}) == 3
    assert "\n" not in result.stdout.strip()  # a step's output is one line


def test_github_classrooms_workflow_has_the_names_that_it_looks_for(tmp_path):
    yaml = pytest.importorskip("yaml")
    out = tmp_path / ".github" / "workflows" / "classroom.yml"  # of a repository that has no such folder yet
    assert CliRunner().invoke(main, ["grade", "export", "github-classroom", "--out", str(out)]).exit_code == 0
    workflow = yaml.safe_load(out.read_text())
    assert workflow["name"] == "Autograding Tests"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    [reporter] = [step for step in steps if "autograding-grading-reporter@v1" in step.get("uses", "")]
    [grader] = [step for step in steps if step.get("id")]
    assert reporter["with"]["runners"] == grader["id"]
    assert reporter["env"] == {f"{grader['id'].upper()}_RESULTS": f"${{{{ steps.{grader['id']}.outputs.result }}}}"}


# The commands, over results as grading writes them


def test_the_commands_write_files_from_results(tmp_path):
    (tmp_path / "results" / "students").mkdir(parents=True)
    for student, report in REPORTS.items():
        (tmp_path / "results" / "students" / f"{student}.json").write_text(json.dumps(report))
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK)
    (tmp_path / "worksheet.csv").write_text(WORKSHEET)
    (tmp_path / "roster.csv").write_text("student,username,idnumber,email\n101,ada,1,a@x\n102,g,2,\n")
    for name, options in {
        "canvas": ["--gradebook", tmp_path / "gradebook.csv", "--column", "Homework 4"],
        "moodle": ["--roster", tmp_path / "roster.csv"],
        "moodle-worksheet": ["--worksheet", tmp_path / "worksheet.csv"],
        "nbgrader": [],
    }.items():
        command = ["grade", "export", name, tmp_path / "results", "--out", tmp_path / name, *options]
        result = CliRunner().invoke(main, list(map(str, command)))
        assert result.exit_code == 0, result.output
        assert len(rows_of((tmp_path / name).read_text())) >= 3


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "classroom.yml"
    result = CliRunner().invoke(main, ["grade", "export", "github-classroom", "--out", str(out)])
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_results_that_are_none_are_told(tmp_path):
    result = CliRunner().invoke(main, ["grade", "export", "nbgrader", str(tmp_path), "--out", str(tmp_path / "x")])
    assert result.exit_code == 1
    assert "holds no results" in result.output


# The release


def test_the_release_has_no_solution_and_no_hidden_test_in_it(tmp_path):
    bundle = tmp_path / "student.zip"
    result = CliRunner().invoke(main, ["release", str(bundle), "--course", str(ROOT)])
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(bundle) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    assert not any("tests/" in name or "teaching/" in name for name in texts)
    course = load_course(ROOT)
    answers = sorted((ROOT / "tests" / "solutions").rglob("*.py"))
    assert len(answers) > 3 * len(course.exercises)
    for file in answers:
        body = file.read_bytes().strip()
        functions = re.findall(rb"^def .*?(?=^\S|\Z)", body, flags=re.MULTILINE | re.DOTALL)
        for text in [body, *(function.strip() for function in functions if function.count(b"\n") > 4)]:
            held = [name for name, data in texts.items() if text in data]
            assert held == [], file
    for exercise in course.exercises:
        stub = texts[f"refalloc/exercises/{exercise.stub}"]
        assert b"NotImplementedError" in stub
        assert f"refalloc/exercises/{exercise.stub.replace('/', '/test_')}" in texts


def test_a_release_for_a_term_has_its_knobs_and_not_its_seed(tmp_path):
    term = tmp_path / "autumn.toml"
    term.write_text('name = "autumn"\nseed = "sesame"\n[knobs."04.2"]\nsteps = [3]\nnames = ["\\"x"]\n')
    bundle = tmp_path / "student.zip"
    result = CliRunner().invoke(main, ["release", str(bundle), "--course", str(ROOT), "--edition", str(term)])
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(bundle) as archive:
        assert not any(b"sesame" in archive.read(name) for name in archive.namelist())
        archive.extractall(tmp_path)
    course, released = load_course(ROOT), load_course(tmp_path / "refalloc")
    assert released.exercise("04.2").knobs == {"steps": [3], "names": ['"x']}
    for before, after in zip(course.exercises, released.exercises, strict=True):
        assert (after.id, after.points, after.hints) == (before.id, before.points, before.hints)
        assert after.id == "04.2" or after.knobs == before.knobs


def test_knobs_of_an_exercise_that_is_not_there_are_refused(tmp_path):
    term = tmp_path / "autumn.toml"
    term.write_text('[knobs."99.2"]\nsteps = [3]\n')
    result = CliRunner().invoke(
        main, ["release", str(tmp_path / "x.zip"), "--course", str(ROOT), "--edition", str(term)]
    )
    assert result.exit_code == 1
    assert "knobs of 99.2" in result.output


def test_a_release_of_something_else_is_refused(tmp_path):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "index.toml").write_text((ROOT / "exercises" / "index.toml").read_text())
    result = CliRunner().invoke(main, ["release", str(tmp_path / "x.zip"), "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert "run this in a clone" in result.output
