"""Pages, tables and JSON of a graded class.

    RESULTS/index.html              the class: marks, distribution, tests, similar answers
    RESULTS/grades.csv              a row a student
    RESULTS/statistics.json         a row a test
    RESULTS/similarity.csv          pairs of answers to look at
    RESULTS/students/ID.json, .html what a student may read: of a hidden test its hint and no more
    RESULTS/details/ID.json         all, for the instructor: expected values and tracebacks too

Pages stand alone: no script, no file beside them, nothing from the network, and a policy that forbids all of it.
"""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from pathlib import Path

import jinja2
import platformdirs

from refalloc.atomic import PART, write_atomically
from refalloc.grader.marks import statistics
from refalloc.grader.scratch import alone_in

BIN_COUNT = 10  # of the distribution, 10 percent each
# What a spreadsheet would run; some take the wide forms of East Asian text for the same (owasp.org, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
DIGEST = re.compile(r"-[0-9a-f]{8}$")  # at the end of a file's name


def write_results(folder, marks, pairs, level, term_name=""):
    """Write everything above, each file in one step.

    Args:    folder: Path; marks: list of StudentMarks; pairs: list of similarity.Pair; level: str, stamped on all.
    """
    folder = Path(folder)
    for name in ("students", "details"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        for place in (folder, folder / "students", folder / "details"):
            for part in place.glob(f"*{PART}"):  # of a run that was killed while it wrote
                part.unlink()
        _write_files(folder, marks, pairs, level, term_name)


def _write_files(folder, marks, pairs, level, term_name):
    pages = _templates()
    for student in marks:
        name = file_name(student.student)
        public, private = as_plain(student, level, term_name, False), as_plain(student, level, term_name, True)
        write_atomically(folder / "students" / f"{name}.json", json.dumps(public, indent=1))
        write_atomically(folder / "details" / f"{name}.json", json.dumps(private, indent=1))
        write_atomically(folder / "students" / f"{name}.html", pages.get_template("student.html").render(public))
    rows = statistics(marks)
    write_atomically(folder / "statistics.json", json.dumps(rows, indent=1))
    write_atomically(folder / "grades.csv", grades_csv(marks))
    header = ["exercise", "first", "second", "share"]
    write_atomically(
        folder / "similarity.csv",
        csv_text([header, *([p.exercise, p.first, p.second, f"{p.share:.2f}"] for p in pairs)]),
    )
    page = pages.get_template("class.html").render(
        marks=marks,
        exercises=exercise_ids(marks),
        bins=distribution(marks),
        tests=rows,
        pairs=pairs,
        level=level,
        edition=term_name,
        file_name=file_name,
    )
    write_atomically(folder / "index.html", page)


def as_plain(student, level, term_name, with_details):
    """All that a student's report says, as plain data. Args: with_details: bool, what only the instructor reads too."""
    left_out = set() if with_details else {"detail", "id"}
    return {
        "student": student.student,
        "name": student.name,
        "edition": term_name,
        "sandbox": level,
        "points": float(student.points),
        "max_points": student.max_points,
        "percent": round(student.percent, 2),
        "notes": student.notes,
        "exercises": [
            {
                "exercise": exercise,
                "title": mark.title,
                "outcome": mark.report["outcome"],
                "points": float(mark.points),
                "points_before_penalty": mark.report["points"],
                "max_points": mark.max_points,
                "late_percent": mark.late_percent,
                "attempt": mark.attempt,
                "seconds": mark.report["seconds"],
                "tests": [
                    {key: value for key, value in test.items() if key not in left_out} for test in mark.report["tests"]
                ],
            }
            for exercise, mark in sorted(student.exercises.items())
        ],
    }


def grades_csv(marks):
    """The text of grades.csv: student, name, a column an exercise, points, max_points, percent."""
    exercises = exercise_ids(marks)
    rows = [["student", "name", *exercises, "points", "max_points", "percent"]]
    for student in marks:
        own = [student.exercises[name].points if name in student.exercises else "" for name in exercises]
        rows.append([student.student, student.name, *own, student.points, student.max_points, f"{student.percent:.2f}"])
    return csv_text(rows)


def csv_text(rows):
    """Rows as CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    for row in rows:
        writer.writerow([neutral(value) if isinstance(value, str) else value for value in row])
    return stream.getvalue()


def neutral(text):
    """`text`, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def exercise_ids(marks):
    """Ids of all exercises that occur, in order."""
    return sorted({exercise for student in marks for exercise in student.exercises})


def distribution(marks):
    """How many students have 0 to 10 percent, 10 to 20, and so on: list of int, [BIN_COUNT]; 100 is in the last."""
    counts = Counter(min(int(student.percent * BIN_COUNT / 100), BIN_COUNT - 1) for student in marks)
    return [counts[number] for number in range(BIN_COUNT)]


def file_name(student):
    """A name for a student's files that every file system takes: the id, or what is left of it and a digest."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", student)[:60].strip(".")
    if plain == student and not DIGEST.search(plain):  # or else who chose the id could mean another student's file
        return plain
    return f"{plain}-{hashlib.sha256(student.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _templates():
    return jinja2.Environment(
        loader=jinja2.PackageLoader("refalloc.grader"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled_templates(),
    )


def _compiled_templates():
    """Where templates are kept as bytecode: to compile them takes as long as to judge an answer."""
    folder = platformdirs.user_cache_path("refalloc") / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # no home to write to, as in some containers: then each run compiles them
        return None
    return jinja2.FileSystemBytecodeCache(str(folder))
