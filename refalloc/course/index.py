"""What the course consists of: lessons and exercises, read from exercises/index.toml.

COURSE/exercises/index.toml                         order, minutes, points, hints
COURSE/exercises/04_size_classes/exercise_2.py      the learner's file of exercise 04.2
COURSE/exercises/04_size_classes/test_exercise_2.py its checks
COURSE/notebooks/04_size_classes.ipynb              the lesson
COURSE/tests/solutions/04_size_classes/exercise_2/  solution.py and wrong_*.py
COURSE/.refalloc/                                   what this learner has done; see progress.py
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from refalloc.course import CourseError

HINT_COUNT = 3  # a question, a picture in words, nearly the code
DEFAULT_SECONDS = 5  # what a check may take, start-up of Python not counted


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes: id: str, such as "04.2"; title: str; minutes, points: int; functions: names that the learner's file
                defines; hints: HINT_COUNT str; seconds: what its checks may take; knobs: {name: value}, what an
                edition sets (see edition.py); file, checks, solution: Path; stub: "04_size_classes/exercise_2.py".
    """

    id: str
    title: str
    minutes: int
    points: int
    functions: tuple[str, ...]
    hints: tuple[str, ...]
    seconds: float
    knobs: dict[str, object]
    file: Path
    checks: Path
    solution: Path
    stub: str


@dataclass(frozen=True)
class Lesson:
    """One lesson. Attributes: id: str, such as "04"; title, question: str; notebook: Path; exercises: in order."""

    id: str
    title: str
    question: str
    notebook: Path
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True)
class Course:
    """The lessons in order, and the folder that they lie in."""

    root: Path
    lessons: tuple[Lesson, ...]

    @property
    def exercises(self):
        """All exercises in order, as a list."""
        return [exercise for lesson in self.lessons for exercise in lesson.exercises]

    def exercise(self, name):
        """The exercise of an id ("04.2", or "4.2"), or of the path of its file. Raises CourseError."""
        for exercise in self.exercises:
            if name in (exercise.id, exercise.id.removeprefix("0")) or (
                str(name).endswith(".py") and Path(name).resolve() == exercise.file.resolve()
            ):
                return exercise
        ids = ", ".join(exercise.id for exercise in self.exercises)
        raise CourseError(f"there is no exercise {name!r}; the course in {self.root} has {ids}")


def find_course(start=None):
    """The course around the folder `start` (default: the working directory), else the one that this package lies in.

    Returns: Course.
    Raises:  CourseError.
    """
    start = Path.cwd() if start is None else Path(start).resolve()
    beside_package = Path(__file__).resolve().parents[2]
    for root in (start, *start.parents, beside_package):
        if (root / "exercises" / "index.toml").is_file():
            return load_course(root)
    raise CourseError(
        f"no course here: neither {start} nor a folder above it has exercises/index.toml, nor has {beside_package}; "
        "go to the folder that holds notebooks/ and exercises/, and try again there"
    )


def load_course(root):
    """Read the index of the course in folder `root`. Raises CourseError when it is damaged."""
    path = Path(root) / "exercises" / "index.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Course(Path(root), tuple(_lesson(Path(root), entry) for entry in table["lesson"]))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read ({error}); get it again from where the course came from") from error
    except (KeyError, TypeError) as error:
        raise CourseError(f"{path}: an entry lacks {error}, or it is of another kind than its neighbours'") from error


def _lesson(root, entry):
    folder = entry["folder"]
    return Lesson(
        id=folder[:2],
        title=entry["title"],
        question=entry["question"],
        notebook=root / "notebooks" / f"{folder}.ipynb",
        exercises=tuple(_exercise(root, folder, number, row) for number, row in enumerate(entry["exercise"], start=1)),
    )


def _exercise(root, folder, number, row):
    name = f"exercise_{number}"
    return Exercise(
        id=f"{folder[:2]}.{number}",
        title=row["title"],
        minutes=row["minutes"],
        points=row["points"],
        functions=tuple(row["functions"]),
        hints=tuple(row["hints"]),
        seconds=row.get("seconds", DEFAULT_SECONDS),
        knobs=row.get("knobs", {}),
        file=root / "exercises" / folder / f"{name}.py",
        checks=root / "exercises" / folder / f"test_{name}.py",
        solution=root / "tests" / "solutions" / folder / name / "solution.py",
        stub=f"{folder}/{name}.py",
    )
