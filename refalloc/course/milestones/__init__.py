"""Milestones: a learner's own functions of many exercises, put together to one allocator, on recorded heap calls.

pieces.py     in the child: the learner's functions, and refalloc's where an exercise is not attempted
assembly.py   the allocator that they make in milestone 07, lanes.py in 11
trying.py     each piece among refalloc's, and then all of them together
play.py       a recorded program's heap calls on it, every block verified
unsized.py    C's malloc and free on the learner's text, in milestone 14
real.py       real programs on the library that is made of it
milestone_07.py, ...   the checks of one milestone, run as those of an exercise are
"""

from dataclasses import dataclass
from pathlib import Path

from refalloc.course import CourseError, stubs


@dataclass(frozen=True)
class Milestone:
    """One milestone. Attributes: id: str, the number of the lesson that it follows; title: str; pieces: ids of the
    exercises whose functions it uses; checks: Path; seconds: float, what its checks may take; points: 0, and knobs: {},
    as of an exercise."""

    id: str
    title: str
    pieces: tuple[str, ...]
    seconds: float
    points: int = 0
    knobs: tuple = ()

    @property
    def checks(self):
        return Path(__file__).with_name(f"milestone_{self.id}.py")


MILESTONES = (
    Milestone("07", "An allocator of your own pieces", ("04.1", "05.1", "06.1", "07.1", "07.2"), seconds=60),
    Milestone(
        "11",
        "Your own pieces, with threads",
        ("04.1", "05.1", "09.1", "09.2", "10.1", "11.1", "11.2", "11.3"),
        seconds=120,
    ),
    Milestone("14", "Your own allocator, under real programs", ("12.1", "13.1", "13.2", "14.1", "14.2"), seconds=600),
)


def find_milestone(name):
    """The milestone after lesson `name`, such as "07". Raises CourseError."""
    for milestone in MILESTONES:
        if milestone.id == str(name).zfill(2):
            return milestone
    ids = ", ".join(milestone.id for milestone in MILESTONES)
    raise CourseError(f"there is no milestone {name!r}; there is one after each of the lessons {ids}")


def own_files(milestone, course):
    """{id of an exercise: Path} of those pieces that the learner has begun: whose file is there and is no stub."""
    exercises = [course.exercise(piece) for piece in milestone.pieces]
    return {
        exercise.id: exercise.file
        for exercise in exercises
        if exercise.file.is_file() and exercise.file.read_bytes() != stubs.stub_text(exercise).encode()
    }
