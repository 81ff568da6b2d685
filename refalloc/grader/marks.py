"""From reports to marks: which attempt counts, what lateness costs, what a class did.

Points are those of the checks. A penalty takes a share of them, rounded to hundredths at the end, half up.
"""

import csv
import datetime
import decimal
from dataclasses import dataclass, field

from refalloc.grader import GraderError

CENT = decimal.Decimal("0.01")


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs.

    Attributes: due: datetime with a time zone, or None; percent_a_day: float, of the points, for each day begun;
                max_percent: float.
    """

    due: datetime.datetime | None = None
    percent_a_day: float = 0
    max_percent: float = 100

    def percent(self, submitted, is_marked_late):
        """The share that is taken: float, 0 to max_percent.

        Args:    submitted: datetime, or None when nobody knows; is_marked_late: bool; where the time is not known, a
                 mark counts as one day.
        """
        if submitted is None or self.due is None:
            days = int(is_marked_late)
        else:
            late = submitted - self.due
            days = -(-late // datetime.timedelta(days=1)) if late > datetime.timedelta() else 0
        return min(days * self.percent_a_day, self.max_percent)


@dataclass
class ExerciseMark:
    """A student's mark for one exercise. Attributes: report: dict, see judge.grade; attempt: int, that counts;
    late_percent: float; points: Decimal, after the penalty; max_points: int; title: str."""

    report: dict
    attempt: int
    late_percent: float
    points: decimal.Decimal
    max_points: int
    title: str


@dataclass
class StudentMarks:
    """All marks of one student. Attributes: student, name: str; exercises: {id: ExerciseMark}; notes: list of str."""

    student: str
    name: str
    exercises: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def points(self):
        return sum((mark.points for mark in self.exercises.values()), decimal.Decimal(0))

    @property
    def max_points(self):
        return sum(mark.max_points for mark in self.exercises.values())

    @property
    def percent(self):
        """Of all points: float, 0 to 100."""
        return float(100 * self.points / self.max_points) if self.max_points else 0.0


def penalised(points, percent):
    """Points after a penalty: Decimal, to hundredths."""
    left = decimal.Decimal(points) * (100 - decimal.Decimal(str(percent))) / 100
    return left.quantize(CENT, rounding=decimal.ROUND_HALF_UP)


def read_times(path):
    """When students handed in, from a CSV with the columns student and submitted (ISO 8601), and perhaps attempt.

    Returns: {(student, attempt): datetime}.
    Raises:  GraderError.
    """
    times = {}
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                times[row["student"], int(row.get("attempt") or 1)] = moment(row["submitted"])
    except (OSError, KeyError, ValueError) as error:
        raise GraderError(
            f"{path}: {error}; it needs the columns student and submitted, and times as ISO 8601"
        ) from None
    return times


def moment(text):
    """A datetime with a time zone from ISO 8601; without a zone, this machine's. Raises ValueError."""
    return datetime.datetime.fromisoformat(text).astimezone()


def better(mark, other, keep):
    """Which of two marks for one exercise counts. Args: keep: str, "best" or "last"."""
    if keep == "last":
        return max(mark, other, key=lambda one: one.attempt)
    return max(mark, other, key=lambda one: (one.points, -one.attempt))


def statistics(marks):
    """What became of each test over a class.

    Args:    marks: list of StudentMarks.
    Returns: list of {exercise, test, hidden, max_points, answers, outcome: count for each of them}, by exercise.
    """
    rows: dict = {}
    for student in marks:
        for exercise, mark in sorted(student.exercises.items()):
            for test in mark.report["tests"]:
                row = rows.setdefault(
                    (exercise, test["id"]),
                    {
                        "exercise": exercise,
                        "test": test["id"].replace("test_", "", 1).replace("_", " "),
                        "hidden": test["hidden"],
                        "max_points": test["max_points"],
                        "answers": 0,
                        "outcomes": {},
                    },
                )
                row["answers"] += 1
                row["outcomes"][test["outcome"]] = row["outcomes"].get(test["outcome"], 0) + 1
    return [rows[key] for key in sorted(rows, key=lambda key: key[0])]
