"""Checks of exercise 08.1."""

import functools
import itertools

import pytest

from refalloc.course.expect import WrongAnswerError


def preemptions_of(schedule, step_counts):
    """How many switches leave a thread that has steps left."""
    left = list(step_counts)
    count = 0
    for thread, following in itertools.pairwise(schedule):
        left[thread] -= 1
        count += following != thread and left[thread] > 0
    return count


@functools.cache
def all_orders(step_counts):
    """Every order of the steps, by choosing the places of the first thread's, then those of the others."""
    total = sum(step_counts)
    if not step_counts:
        return [()]
    found = []
    for rest in all_orders(step_counts[1:]):
        for places in itertools.combinations(range(total), step_counts[0]):
            others = iter(rest)
            found.append(tuple(0 if place in places else next(others) + 1 for place in range(total)))
    return found


def switches_of(schedule):
    return sum(thread != following for thread, following in itertools.pairwise(schedule))


def prove(student, step_counts, bound):
    call = f"schedules({step_counts}, {bound})"
    got = student.schedules(step_counts, bound)
    if type(got) is not list or not all(type(row) is list for row in got):
        reason = " Is there a `return` on every path?" if got is None else ""
        raise WrongAnswerError(
            f"{call} gave {got if got is None else 'something else'}; expected lists in a list.{reason}"
        )
    wanted = {row for row in all_orders(tuple(step_counts)) if preemptions_of(row, step_counts) <= bound}
    seen = set()
    for row in map(tuple, got):
        where = f"{call} gave {list(row)}"
        if sorted(row) != sorted(thread for thread, count in enumerate(step_counts) for _ in range(count)):
            steps = ", ".join(f"{count} of thread {thread}" for thread, count in enumerate(step_counts))
            raise WrongAnswerError(f"{where}; expected these steps in some order: {steps}.")
        if row not in wanted:
            raise WrongAnswerError(f"{where}, which has more than {bound}: {preemptions_of(row, step_counts)}.")
        if row in seen:
            raise WrongAnswerError(f"{where} twice; expected each schedule once.")
        seen.add(row)
    missing = sorted(wanted - seen)
    if missing:
        raise WrongAnswerError(f"{call} lacks {list(missing[0])}.{reason_for(missing, seen, step_counts, bound)}")


def reason_for(missing, seen, step_counts, bound):
    """What the schedules that are missing have in common."""
    is_empty = "" if seen else " It is empty."
    counts = {preemptions_of(row, step_counts) for row in missing}
    if bound not in counts:
        return f" It has {min(counts)} preemptions: at most {bound} are wanted, not exactly as many."
    if seen and {row[0] for row in missing}.isdisjoint(row[0] for row in seen):
        return " Any thread may take the first step."
    if all(switches_of(row) > bound for row in missing):
        return f"{is_empty} A switch from a thread that has ended is no preemption."
    return is_empty


@pytest.mark.points(1)
def test_two_threads_in_every_order(student, edition):
    for step_counts in ([1, 1], [2, 1], [1, 2], [2, 2], *edition("two_threads", [[3, 2], [1, 5], [4, 4]])):
        prove(student, step_counts, sum(step_counts))


@pytest.mark.points(1)
def test_two_threads_with_few_preemptions(student, edition):
    for step_counts in ([1, 1], [2, 1], [2, 2], *edition("two_threads", [[3, 2], [1, 5], [4, 4]])):
        for bound in (0, 1, 2):
            prove(student, step_counts, bound)


@pytest.mark.points(1)
def test_any_number_of_threads(student, edition):
    for step_counts in ([1], [3], [1, 1, 1], [2, 1, 2], *edition("threads", [[2, 2, 2], [1, 3, 1, 1]])):
        for bound in (0, 1, 2, sum(step_counts)):
            prove(student, step_counts, bound)
