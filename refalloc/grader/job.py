"""What a judge is asked: one answer, and all that it takes to grade it."""

import base64
import dataclasses

from refalloc.grader.sandbox import Limits


@dataclasses.dataclass(frozen=True)
class Checks:
    """One file of checks. Attributes: name: str, "test_exercise_2.py"; text: str; hidden: bool."""

    name: str
    text: str
    hidden: bool


@dataclasses.dataclass(frozen=True)
class Job:
    """One answer to grade, with all that it takes, so that any machine can do it.

    Attributes: key: str, names the result; student, exercise: str; answer: bytes, None when none was handed in;
                file_name: str; checks: Checks in order; knobs: {name: value}; seed: int; seconds: float, of processor
                time, for the calls of one test; wall_factor: float, by the clock they may take that many times as long,
                as the machine may be busy; level: str, of sandbox.LEVELS; limits: Limits.
    """

    key: str
    student: str
    exercise: str
    answer: bytes | None
    file_name: str
    checks: tuple[Checks, ...]
    level: str
    knobs: dict = dataclasses.field(default_factory=dict)
    seed: int = 0
    seconds: float = 10
    wall_factor: float = 6
    limits: Limits = dataclasses.field(default_factory=Limits)

    def as_json(self):
        """Plain data for JSON; job_from_json reads it."""
        fields = dataclasses.asdict(self)
        return fields | {"answer": None if self.answer is None else base64.b64encode(self.answer).decode()}


def job_from_json(fields):
    """The Job that as_json wrote."""
    return Job(
        **{
            **fields,
            "answer": None if fields["answer"] is None else base64.b64decode(fields["answer"]),
            "checks": tuple(Checks(**checks) for checks in fields["checks"]),
            "limits": Limits(**fields["limits"]),
        }
    )
