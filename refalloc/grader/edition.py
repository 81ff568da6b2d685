"""One edition of the course, as a grader sets it: what differs from last term, and from student to student.

name = "autumn 2026"
seed = "any words that students do not know"

[knobs."04.2"]
min_slots = [8, 32, 128]
"""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from refalloc.grader import GraderError


@dataclass(frozen=True)
class Term:
    """An edition. Attributes: name, seed: str; knobs: {exercise id: {name: value}}."""

    name: str = ""
    seed: str = ""
    knobs: dict = field(default_factory=dict)

    def seed_for(self, student, exercise):
        """Seed of the inputs of one student and exercise: int, 0 <= seed < 2**53."""
        text = "\0".join((self.seed, student, exercise)).encode("utf-8", "surrogateescape")
        return int.from_bytes(hashlib.sha256(text).digest()[:8]) >> 11

    def require_exercises(self, ids):
        """Raise GraderError when there are knobs of an exercise that is not among `ids`."""
        unknown = sorted(self.knobs.keys() - set(ids))
        if unknown:
            raise GraderError(f"the edition has knobs of {', '.join(unknown)}; the course has {', '.join(ids)}")


def load_term(path):
    """Read an edition's TOML file. Raises GraderError."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GraderError(f"the edition {path} cannot be read: {error}") from None
    unknown = table.keys() - {"name", "seed", "knobs"}
    if unknown or not all(type(knobs) is dict for knobs in table.get("knobs", {}).values()):
        wrong = sorted(unknown) or "knobs of another form"
        raise GraderError(f'the edition {path} has {wrong}; it holds name, seed and [knobs."04.2"]')
    return Term(str(table.get("name", "")), str(table.get("seed", "")), table.get("knobs", {}))
