"""A class's allocators in order of space times time, under names that their authors chose.

Whoever passes all checks of the whole allocator is ranked. An answer runs in the sandbox and nowhere else; its name is
read from its text, as NAME = "..." at the start of a line, and never by executing it.
"""

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path

from refalloc.grader import contest
from refalloc.grader.archive import printable
from refalloc.grader.job import Checks
from refalloc.grader.run import plan
from refalloc.grader.store import key_of

EXERCISE = "12.1"
NAME_LINE = re.compile(rb"""^NAME *= *("[^"\\\r\n]{0,200}"|'[^'\\\r\n]{0,200}')""", re.MULTILINE)
NAME_CAP = 30  # characters
NAMELESS = "(no name)"
PLACES = 6  # decimals: what is equal up to them is a tie


@dataclass(frozen=True)
class Place:
    """One allocator. Attributes: rank: int, from 1, the same for a tie; name: str; student: str, an id;
    space, steps: float, as multiples of the reference's; product: float, of both, less is better."""

    rank: int
    name: str
    student: str
    space: float
    steps: float
    product: float


def contest_tasks(submissions, exercise, level, term=None):
    """A task for each submission: the exercise's checks, and the figures. As run.plan."""
    figures = Checks("test_contest.py", Path(contest.__file__).read_text(encoding="utf-8"), hidden=False)
    tasks = []
    for task in plan(submissions, [exercise], level, term):
        job = replace(task.job, key="", checks=(*task.job.checks, figures))
        tasks.append(replace(task, job=replace(job, key=key_of(job))))
    return tasks


def ranked(tasks, store):
    """The best attempt of each student who passes.

    Args:    tasks: of contest_tasks, graded; store: Store that has their reports.
    Returns: (list of Place, the best first; list of str, ids of those who handed in and are not ranked).
    """
    best: dict[str, Place] = {}
    seen = set()
    for task in tasks:
        report, student = store.get(task.job.key), task.submission.student
        if task.job.answer is None:
            continue
        seen.add(student)
        if report is None or report["outcome"] != "correct":
            continue
        space, steps = (round(report["figures"][name], PLACES) for name in ("space", "steps"))
        found = Place(0, chosen_name(task.job.answer), student, space, steps, round(space * steps, PLACES))
        if student not in best or found.product < best[student].product:
            best[student] = found
    in_order = sorted(best.values(), key=lambda place: (place.product, place.name, place.student))
    products = [place.product for place in in_order]
    return [replace(place, rank=1 + products.index(place.product)) for place in in_order], sorted(seen - {*best})


def chosen_name(answer):
    """The name that an answer, bytes, gives itself: str, fit to be shown; NAMELESS where it gives none."""
    found = NAME_LINE.search(answer)
    if found is None:
        return NAMELESS
    name = ast.literal_eval(found[1].decode("utf-8", errors="replace"))
    return " ".join(printable(name).split())[:NAME_CAP] or NAMELESS
