"""nbgrader: the CSV that `nbgrader export` writes, from our marks.

Source: nbgrader/plugins/export.py, at 207a8e5.
"""

from refalloc.grader.report import csv_text

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def export_csv(reports, assignment, due=""):
    """The text of the CSV: a row a student. Args: due: str, ISO 8601 or ""."""
    rows = [[*COLUMNS]]
    for student, report in reports.items():
        raw = sum(exercise["points_before_penalty"] for exercise in report["exercises"])
        first, _, last = report["name"].partition(" ")
        penalty = round(raw - report["points"], 2)
        rows.append(
            [assignment, due, "", student, last, first, "", raw, penalty, report["points"], report["max_points"]]
        )
    return csv_text(rows)
