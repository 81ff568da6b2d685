"""What other systems import: a module for each, which turns a graded class or one graded student into its format.

All take plain reports, dicts as report.as_plain writes them to RESULTS/students/ID.json: nothing that is hidden from
students can leave through an export.
"""

import csv
import json
from pathlib import Path

from refalloc.grader import GraderError
from refalloc.grader.report import neutral


def load_reports(results):
    """The public reports of a folder of results.

    Returns: {student: dict}, by student.
    Raises:  GraderError when there are none.
    """
    files = sorted((Path(results) / "students").glob("*.json"))
    if not files:
        raise GraderError(f"{results} holds no results; `refalloc grade SUBMISSIONS --out {results}` makes them")
    reports = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {report["student"]: report for report in sorted(reports, key=lambda report: report["student"])}


def read_table(path):
    """A CSV file of another system as rows of text, and its dialect.

    Returns: (list of list of str, delimiter); a byte order mark is dropped.
    Raises:  GraderError.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        return list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter)), delimiter
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GraderError(f"{path} cannot be read as CSV: {error}") from None


def feedback(report):
    """A report in a few lines of text, for a column of comments: no line starts as a formula would."""
    lines = [
        f"{exercise['exercise']} {exercise['title']}: {exercise['points']:g} of {exercise['max_points']:g}, "
        f"{exercise['outcome']}"
        for exercise in report["exercises"]
    ]
    return neutral("\n".join(lines))


def scaled(report, out_of):
    """A report's points on a scale of 0 to `out_of`, float, to hundredths."""
    share = report["points"] / report["max_points"] if report["max_points"] else 0
    return round(share * out_of, 2)


def safe_cell(cell):
    """A cell of somebody else's table, as it was, unless a spreadsheet would run it; "-" and numbers are left alone."""
    try:
        float(cell)
        return cell
    except ValueError:
        return cell if cell == "-" else neutral(cell)
