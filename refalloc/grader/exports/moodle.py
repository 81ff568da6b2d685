"""Moodle: a CSV for its grade import, and its own offline grading worksheet, filled.

Source: grade/import/csv/classes/load_data.php, at 0289d8c: an unknown user or a grade over 100 ends the whole import;
mod/assign/feedback/offline/importgradeslib.php, at 452e36f: English headers, participants by number, commas.
"""

import csv
import io
import re

from refalloc.grader import GraderError
from refalloc.grader.exports import feedback, read_table, safe_cell, scaled
from refalloc.grader.report import csv_text

IDENTITIES = ("username", "idnumber", "email")
OUT_OF = 100  # what a grade may be at most, if the site does not allow more


def import_csv(reports, item, roster=None):
    """The text of a CSV for "Import > CSV file".

    Args:    reports: {student: report}; item: str, the grade item's name;
             roster: {student: {"username", "idnumber", "email"}}, or None: then our ids are taken for user names.
    Returns: (text, list of students that the roster does not have, and the text neither).
    """
    people = {student: {"username": student} for student in reports} if roster is None else roster
    rows = [[*IDENTITIES, item, f"{item} feedback"]]
    for student, report in reports.items():
        if student in people:
            identity = [people[student].get(name, "") for name in IDENTITIES]
            rows.append([*identity, scaled(report, OUT_OF), feedback(report)])
    return csv_text(rows), sorted(reports.keys() - people.keys())


def read_roster(path):
    """Who is who, from a CSV with the column student and one of IDENTITIES or more.

    Returns: {student: {column: text}}; who has none of them is not in it.
    Raises:  GraderError.
    """
    rows, _ = read_table(path)
    header = rows[0] if rows else []
    if "student" not in header or not {*IDENTITIES} & {*header}:
        raise GraderError(f"{path} has the columns {header}; expected student, and one of {', '.join(IDENTITIES)}")
    people = [dict(zip(header, cells, strict=False)) for cells in rows[1:] if cells]
    return {person["student"]: person for person in people if any(person.get(name) for name in IDENTITIES)}


def fill_worksheet(worksheet, reports):
    """The text of a downloaded worksheet, with grades and comments. Our ids are the participants' numbers.

    Returns: (text, list of students that the worksheet does not have).
    Raises:  GraderError when it is no worksheet.
    """
    rows, _ = read_table(worksheet)
    header = rows[0] if rows else []
    for title in ("Identifier", "Grade", "Last modified (grade)"):
        if title not in header:
            raise GraderError(f"{worksheet} has no column {title!r}; download it again, with Moodle in English")
    missing = dict(reports)
    for row in rows[1:]:
        number = re.search(r"\d+", row[header.index("Identifier")])
        if number is None or number[0] not in missing:
            continue
        report = missing.pop(number[0])
        most = row[header.index("Maximum Grade")] if "Maximum Grade" in header else ""
        try:
            row[header.index("Grade")] = f"{scaled(report, float(most or OUT_OF)):.2f}"
        except ValueError:
            raise GraderError(f"{worksheet}: {number[0]}'s Maximum Grade is {most!r}, and no number") from None
        if "Feedback comments" in header:
            row[header.index("Feedback comments")] = feedback(report).replace("\n", "; ")
    stream = io.StringIO()
    csv.writer(stream).writerows([[safe_cell(cell) for cell in row] for row in rows])
    return stream.getvalue(), sorted(missing)
