"""What this learner has done: COURSE/.refalloc/progress.json.

    {"version": 1, "exercises": {"04.2": {"passed": "2026-01-31T12:00:00+00:00", "points": 3, "hints": 1}}}

`passed` is when it passed first, `points` the most it gave, `hints` how many have been shown.
"""

import contextlib
import datetime
import json

from refalloc.atomic import write_atomically
from refalloc.course import CourseError
from refalloc.course.index import HINT_COUNT

VERSION = 1


class Progress:
    """The record of one course folder. Args: course: index.Course."""

    def __init__(self, course):
        self.course = course
        self.folder = course.root / ".refalloc"
        self.path = self.folder / "progress.json"

    def record(self, report):
        """Keep what a CheckReport says. Raises CourseError when the record cannot be written."""
        with self._changing() as exercises:
            entry = exercises.setdefault(report.exercise, {})
            entry["points"] = max(entry.get("points", 0), report.points)
            if report.outcome == "correct":
                entry.setdefault("passed", datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))

    def passed(self, exercise):
        """When `exercise` passed first: str, ISO 8601, or None."""
        return self._read().get(exercise.id, {}).get("passed")

    def points(self, exercise):
        """The most points that a check of `exercise` has given: int."""
        return self._read().get(exercise.id, {}).get("points", 0)

    def next_exercise(self):
        """The first exercise that has not passed, or None."""
        return next((exercise for exercise in self.course.exercises if not self.passed(exercise)), None)

    def hints_shown(self, exercise):
        """How many hints of `exercise` have been shown: int, 0 to HINT_COUNT."""
        return self._read().get(exercise.id, {}).get("hints", 0)

    def show_hint(self, exercise, number=None):
        """The hints of `exercise` up to `number`, or, with None, up to one more than last time: list of str."""
        with self._changing() as exercises:
            entry = exercises.setdefault(exercise.id, {})
            shown = entry.get("hints", 0)
            number = min(shown + 1, HINT_COUNT) if number is None else number
            if not 1 <= number <= HINT_COUNT:
                raise CourseError(f"there is no hint {number}; exercise {exercise.id} has hints 1 to {HINT_COUNT}")
            entry["hints"] = max(shown, number)
        return list(exercise.hints[:number])

    def _read(self):
        try:
            table = json.loads(self.path.read_text(encoding="utf-8"))
            exercises = table["exercises"]
            if table["version"] != VERSION or not all(isinstance(entry, dict) for entry in exercises.values()):
                raise ValueError(f"version {table['version']}")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CourseError(
                f"{self.path} is damaged ({type(error).__name__}: {error}); move it away, and check your exercises "
                "again with `refalloc check --all`: your answers are in exercises/ and not in it"
            ) from error
        return exercises

    @contextlib.contextmanager
    def _changing(self):
        """Read, let the caller change, write; one process at a time."""
        try:
            self.folder.mkdir(exist_ok=True)
            with _locked(self.folder / "lock"):
                exercises = self._read()
                yield exercises
                text = json.dumps({"version": VERSION, "exercises": exercises}, indent=1, sort_keys=True)
                write_atomically(self.path, text + "\n")
        except OSError as error:
            raise CourseError(
                f"your progress cannot be kept in {self.folder} ({error.strerror}); make that folder writable"
            ) from error


@contextlib.contextmanager
def _locked(path):
    try:
        import fcntl
    except ImportError:  # Windows: two checks that end in the same millisecond could lose a record there
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
