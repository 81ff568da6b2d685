"""What this learner has done: COURSE/.refalloc/progress.json.

    {"version": 1, "exercises": {"04.2": {"passed": "2026-01-31T12:00:00+00:00", "points": 3, "hints": 1}}}

`passed` is when it passed first, `points` the most it gave, `hints` how many have been shown.
"""

import datetime

from refalloc.course import CourseError
from refalloc.course.index import HINT_COUNT
from refalloc.course.record import Record

REMEDY = "check your exercises again with `refalloc check --all`: your answers are in exercises/ and not in it"


class Progress:
    """The record of one course folder. Args: course: index.Course."""

    def __init__(self, course):
        self.course = course
        self._record = Record(course, "exercises", "progress.json", REMEDY)
        self.folder = self._record.folder
        self.path = self._record.path

    def record(self, report):
        """Keep what a CheckReport says. Raises CourseError when the record cannot be written."""
        with self._record.changing() as exercises:
            entry = exercises.setdefault(report.exercise, {})
            entry["points"] = max(entry.get("points", 0), report.points)
            if report.outcome == "correct":
                entry.setdefault("passed", datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))

    def passed(self, exercise):
        """When `exercise` passed first: str, ISO 8601, or None."""
        return self._record.read().get(exercise.id, {}).get("passed")

    def points(self, exercise):
        """The most points that a check of `exercise` has given: int."""
        return self._record.read().get(exercise.id, {}).get("points", 0)

    def next_exercise(self):
        """The first exercise that has not passed, or None."""
        return next((exercise for exercise in self.course.exercises if not self.passed(exercise)), None)

    def hints_shown(self, exercise):
        """How many hints of `exercise` have been shown: int, 0 to HINT_COUNT."""
        return self._record.read().get(exercise.id, {}).get("hints", 0)

    def show_hint(self, exercise, number=None):
        """The hints of `exercise` up to `number`, or, with None, up to one more than last time.

        Returns: (list of str, the hints; str, why it could not be kept that they were shown, "" when it is kept).
        Raises:  CourseError when there is no hint of that number.
        """
        if number is not None and not 1 <= number <= HINT_COUNT:
            raise CourseError(f"there is no hint {number}; exercise {exercise.id} has hints 1 to {HINT_COUNT}")
        problem = ""
        try:
            with self._record.changing() as exercises:
                entry = exercises.setdefault(exercise.id, {})
                shown = entry.get("hints", 0)
                number = number or min(shown + 1, HINT_COUNT)
                entry["hints"] = max(shown, number)
        except CourseError as error:
            problem = str(error)
        return list(exercise.hints[: number or 1]), problem
