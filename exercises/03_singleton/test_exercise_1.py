"""Checks of exercise 03.1. The program really runs, in simulated threads, under the schedule in question."""

import random

import pytest

from refalloc.course.expect import WrongAnswerError, compare
from refalloc.schedule import Atomic, ReplayError, replay
from refalloc.student import StudentError, shorten

the = Atomic(allocator=0, work=0)


def run(schedule, thread_count, making):
    """A Replay of the program, and whose allocator each thread took."""

    def get(thread):
        if the.allocator == 0:
            made = thread.heap.map(4096, 0)
            for _ in range(making):
                the.work = made
            the.allocator = made
        return the.allocator

    # A simulated thread's first step takes it up to its first look. The model gives the steps after the schedule: were
    # it wrong, the threads could not take them, or would not end with them.
    moves = [*range(thread_count), *model(schedule, thread_count, making)[1]]
    result = replay(moves, [get] * thread_count, invariants=None)
    assert result.verdict is None, result
    assert len(result.schedule) == len(moves)
    return result, [(addr >> 32) - 2 for addr in result.results]  # each thread maps in a range of its own


def model(schedule, thread_count, making, takes_its_own=False, keeps_first=False, runs_on=True, in_turns=False):
    """The program, played. The last four arguments make it wrong.

    Returns: (what each thread took, the steps that were taken: those of the schedule, and those after it).
    """
    look, note, take, ended = 0, making + 1, making + 2, making + 3
    noted, place, made, result = None, [look] * thread_count, set(), [None] * thread_count
    moves = []
    rest = [thread for thread in range(thread_count) for _ in range(ended)]
    if in_turns:
        rest = [*range(thread_count)] * ended
    for number, thread in enumerate([*schedule, *rest]):
        if number >= len(schedule) and (place[thread] >= ended or not runs_on):
            continue
        moves.append(thread)
        if place[thread] == look and noted is None:
            made.add(thread)
        elif place[thread] == look:
            place[thread] = note  # of which nothing is left to do
        elif place[thread] == note and (noted is None or not keeps_first):
            noted = thread
        elif place[thread] == take:
            result[thread] = thread if takes_its_own and thread in made else noted
        place[thread] += 1
    return result, moves


def expected_taken(schedule, thread_count, making):
    return run(schedule, thread_count, making)[1]


def wrong(**how):
    """A trap: the program played wrong."""
    return lambda schedule, thread_count, making: model(schedule, thread_count, making, **how)[0]


TRAPS = {
    "That is right if making takes one step; here it takes more.": lambda schedule, thread_count, making: (
        model(schedule, thread_count, 1)[0] if making > 1 else None
    ),
    "A thread takes what is noted at its last step: another may have noted its own by then.": wrong(takes_its_own=True),
    "The first to look is not the only one to make: others look before it has noted its own.": (
        lambda schedule, thread_count, making: [(schedule or [0])[0]] * thread_count
    ),
    "A later note replaces an earlier one.": wrong(keeps_first=True),
    "The schedule ends before the threads do; then they run on, thread 0 first.": wrong(runs_on=False),
    "When the schedule is over, thread 0 runs to its end before thread 1 goes on.": wrong(in_turns=True),
    "Threads are numbered from 0.": lambda *row: [number + 1 for number in expected_taken(*row)],
}


def random_schedule(draw, thread_count, making):
    """Some steps in some order, no more of a thread than it surely has: a look and a take."""
    steps = [thread for thread in range(thread_count) for _ in range(2)]
    draw.shuffle(steps)
    schedule = steps[: draw.randint(0, len(steps))]
    # The first to look makes: it has more steps, and half of the time we let it take some of them early.
    if schedule and draw.random() < 0.5:
        schedule[1:1] = [schedule[0]] * draw.randint(0, making)
    return schedule


def rows_for(thread_counts, makings, seed):
    draw = random.Random(seed)
    for thread_count in thread_counts:
        for making in makings:
            for _ in range(25):
                yield [random_schedule(draw, thread_count, making), thread_count, making]


@pytest.mark.points(1)
def test_two_threads_take_what_the_schedule_gives_them(student, edition):
    rows = [[[0, 1, 1, 1, 0, 0], 2, 1], [[0, 1], 2, 1], [[], 1, 1], [[], 2, 1], [[1], 2, 1], [[0, 0, 0, 1], 2, 1]]
    rows += [[[0, 0, 1], 2, 1], [[0, 1, 1, 1, 0, 0, 0, 1], 2, 1], [[0, 1, 0, 0, 1, 1], 2, 1]]
    rows += [[[0, 0, 0, 1], 2, 2], *rows_for([2], edition("makings", [1, 2, 3]), edition.seed)]
    compare(student.taken, rows, expected_taken, TRAPS)


@pytest.mark.points(1)
def test_more_threads_take_what_the_schedule_gives_them(student, edition):
    rows = rows_for([3, 4, 6], edition("makings", [1, 2, 3]), edition.seed + 1)
    compare(student.taken, rows, expected_taken, TRAPS)


@pytest.mark.points(1)
def test_a_schedule_makes_as_many_allocators_as_are_wanted(student, edition):
    for thread_count in range(1, 6):
        for made_count in range(1, thread_count + 1):
            schedule = student.schedule_for(thread_count, made_count)
            call = f"schedule_for({thread_count}, {made_count})"
            if type(schedule) is not list or not all(type(thread) is int for thread in schedule):
                reason = " Is there a `return` on every path?" if schedule is None else ""
                raise WrongAnswerError(f"{call} gave {shorten(schedule)}; expected a list of ints.{reason}")
            for making in edition("makings", [1, 2, 3]):
                prove_schedule(call, schedule, thread_count, made_count, making)


def account(result, thread_count):
    """The steps of a Replay, as lines."""
    lines = repr(result).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("step"))
    return [f"Steps 1 to {thread_count} start the threads; then your schedule begins.", *lines[first:]]


def prove_schedule(call, schedule, thread_count, made_count, making):
    strange = [thread for thread in schedule if not 0 <= thread < thread_count]
    if strange:
        raise WrongAnswerError(
            f"{call} gave {shorten(schedule)}; there is no thread {strange[0]}: they are 0 to {thread_count - 1}."
        )
    try:
        result, _ = run(schedule, thread_count, making)
    except ReplayError as error:
        step, thread = str(error).removeprefix("step ").split(" of the schedule is T")
        raise WrongAnswerError(
            f"{call} gave {shorten(schedule)}; its entry {int(step) - thread_count - 1} moves thread "
            f"{int(thread.split(',')[0])}, which has ended. With making {making}, a thread that finds an allocator has "
            "two steps. Leave out what need not be said: the threads run on by themselves."
        ) from None
    made = sum(length == 4096 for length in result.recording.events["length"].tolist())
    if made != made_count:
        reason = " All that are to make one must look before the first has noted its own."
        if made > made_count:
            reason = " Those that are to make none must look after one is noted."
        raise StudentError(
            "incorrect",
            f"{call} gave {shorten(schedule)}; with making {making} that makes {made}, not {made_count}.{reason}",
            account(result, thread_count),
        )
