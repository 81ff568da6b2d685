"""A made-up class: right, wrong, crashing, looping and attacking answers, and the points of 5 that each must get."""

import itertools

from grader.attacks import ALL, EARNED, aimed
from grader.ordinary import ANSWERS

FIRST_ATTACKS = (  # one of each kind, for a class that is small
    *("exits_in_call", "equals_everything", "leaves_a_process", "flood", "message_with_markup", "null_bytes"),
)
SMALLEST = len(ANSWERS) + len(FIRST_ATTACKS)


def made_up_class(size, targets):
    """Answers of `size` students: all ordinary ones, then attacks, and when there are no more, ordinary ones again.

    Args:    size: int, at least SMALLEST; targets: dict, what attacks aim at, see attacks.aimed.
    Returns: {student: (answer, bytes, and points, int)}; a student is named after the answer.
    """
    attacks = sorted(ALL, key=lambda name: name not in FIRST_ATTACKS)
    first = [(name, source, points) for name, (source, points, _) in ANSWERS.items()]
    first += [(name, aimed(ALL[name], targets), EARNED.get(name, 0)) for name in attacks]
    again = (
        (f"{name}-{turn}", f"{source}\n# {turn}\n", points)
        for turn in itertools.count(2)
        for name, (source, points, _) in ANSWERS.items()
    )
    return {
        student: (source if isinstance(source, bytes) else source.encode(), points)
        for student, source, points in itertools.islice(itertools.chain(first, again), size)
    }
