"""What each attack got, as a table: `python tests/grader/attack_table.py [LEVEL ...]`; it takes some minutes.

The columns are the attack, then for each sandbox the points it got of 5, what it honestly earns, and its outcome.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grader.attacks import ALL, EARNED, aimed
from grader.conftest import BOTH, LIMITS, listening

from refalloc.grader.host import Host
from refalloc.grader.job import Job

LEVELS = ("bwrap", "landlock")


def rows(levels):
    """(attack, earned, [(points, outcome), ...]) for each attack. Args: levels: of sandbox.LEVELS."""
    host = Host()
    with tempfile.NamedTemporaryFile() as secret, listening() as (port, callers):
        targets = {"port": port, "pid": os.getpid(), "secret": secret.name}
        for name, source in ALL.items():
            answer = aimed(source, targets)
            answer = answer if isinstance(answer, bytes) else answer.encode()
            reports = [
                host.grade(
                    Job("", "eve", "", answer, "exercise_1.py", BOTH, level, seconds=0.7, wall_factor=2, limits=LIMITS)
                )
                for level in levels
            ]
            yield name, EARNED.get(name, 0), [(report["points"], report["outcome"]) for report in reports]
        assert callers == []
    host.close()


def main(levels):
    print("| attack | earns |", *(f" {level} |" for level in levels), sep="")
    print("|---|---|", "---|" * len(levels), sep="")
    stolen = 0
    for name, earned, got in rows(levels):
        print(f"| {name} | {earned} |", *(f" {points}, {outcome} |" for points, outcome in got), sep="", flush=True)
        stolen += any(points > earned for points, _ in got)
    print(f"\n{len(ALL)} attacks, {stolen} of them with points that they did not earn.")
    return bool(stolen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or LEVELS))
