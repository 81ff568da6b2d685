"""Canvas: fill a column of a gradebook that was exported from it.

The rows are Canvas's own, so that none is made up; only the column of the assignment changes. Who is excused ("EX")
stays so.

Source: lib/gradebook_importer.rb of canvas-lms, at 00b222d: the student block ends with Section; the row below the
header has "Points Possible" in its first cell, and "read only" in it marks a column that is not imported; a name may
stand in two columns; a comma in a number is a point.
"""

import csv
import io
import re

from refalloc.grader import GraderError
from refalloc.grader.exports import read_table, safe_cell, scaled

EXCUSED = "EX"
IDENTITIES = {"id": "ID", "sis": "SIS User ID", "login": "SIS Login ID", "name": "Student"}


def fill(gradebook, reports, column, match="id"):
    """The text of the gradebook with marks in it.

    Args:    gradebook: path of Canvas's export; reports: {student: report}; column: its title, or the start of it;
             match: of IDENTITIES, the column that holds our student ids.
    Returns: (text, list of students that the gradebook does not have).
    Raises:  GraderError when it is no gradebook, or has not that one column.
    """
    rows, delimiter = read_table(gradebook)
    header = rows[0] if rows else []
    if "Section" not in header or not {"Student", "LastName"} & {*header}:
        raise GraderError(f"{gradebook} is no gradebook of Canvas: its header has no Student and Section")
    if IDENTITIES[match] not in header:
        raise GraderError(f"{gradebook} has no column {IDENTITIES[match]}; match by another one")
    places = [place for place, title in enumerate(header) if title == column]
    places = places or [place for place, title in enumerate(header) if title.startswith(f"{column} (")]
    if len(places) != 1 or places[0] <= header.index("Section"):
        titles = ", ".join(header[header.index("Section") + 1 :])
        raise GraderError(f"{gradebook} has {len(places)} columns {column!r}; its assignments are {titles}")
    [place], identity = places, header.index(IDENTITIES[match])
    missing, points_possible = dict(reports), None
    for row in rows[1:]:
        if row and "Points Possible" in row[0]:
            if re.search(r"read\s+only", row[place]):
                raise GraderError(f"Canvas marks the column {header[place]!r} as read only; it would not import it")
            points_possible = _number(gradebook, row[place]) if row[place].strip() else None
        elif len(row) > max(place, identity) and row[identity] in missing:
            report = missing.pop(row[identity])
            mark = report["points"] if points_possible is None else scaled(report, points_possible)
            if row[place].strip().upper() != EXCUSED:
                row[place] = f"{mark:.2f}"
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
    return stream.getvalue(), sorted(missing)


def _number(gradebook, text):
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise GraderError(f"{gradebook}: the points possible of the column are {text!r}, and no number") from None
