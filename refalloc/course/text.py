"""Reports as plain text: in a terminal, for a screen reader, and where a notebook shows no HTML."""

import os

from refalloc.course.index import HINT_COUNT

OUTCOME_WIDTH = max(map(len, ("not attempted", "not reached", "timed out", "incorrect")))


def test_line(test):
    """One test in a line."""
    return f"{test.outcome:{OUTCOME_WIDTH}}  {test.points} of {test.max_points}  {test.name}"


def summary(report):
    """What a CheckReport comes to, as list of lines: the verdict, and what to do now."""
    if report.outcome == "correct":
        advice = f"`refalloc solution {report.exercise}` shows one way to do it, explained."
    else:
        advice = f"Edit {short_path(report.file)} and check again; `refalloc hint {report.exercise}` helps."
    return [*verdict(report), advice]


def verdict(report):
    """Outcome and points of a CheckReport, the message and the learner's lines, as list of lines."""
    return [f"{report.exercise} {report.outcome}: {points(report.points, report.max_points)}", *details(report)]


def details(report):
    """What is to be said of a check that is not correct, and what the code printed, as list of lines."""
    lines = [f"  {said}"] if (said := message(report)) else []
    lines += [f"    {line}" for line in report.lines]
    if report.printed:
        lines += ["  Your code printed:", *(f"    {line}" for line in report.printed.splitlines())]
    return lines


def message(report):
    """The one thing to say of a check, as a sentence; "" when it is correct."""
    if report.outcome == "not attempted":
        return f"{sentence(report.message)} Write your own code in its place."
    return sentence(report.message) if report.outcome != "correct" else ""


def report_text(report):
    """All of a CheckReport."""
    head = f"{report.exercise} {report.title}"
    return "\n".join([head, *(f"  {test_line(test)}" for test in report.tests), *summary(report)])


def milestone_line(test):
    """One test of a milestone in a line."""
    return f"{test.outcome:{OUTCOME_WIDTH}}  {test.name}"


def milestone_verdict(milestone, report, files):
    """What a milestone's CheckReport comes to, as list of lines. Args: files: {exercise id: Path}, the learner's."""
    wrong = [test for test in report.tests if test.outcome in ("incorrect", "crashed", "timed out")]
    lines = [line for test in wrong for line in (f"{test.name}:", *indented([sentence(test.message), *test.lines]))]
    if not wrong and report.outcome not in ("correct", "not attempted"):
        lines += [sentence(report.message), *indented(report.lines)]
    if report.printed:
        lines += ["Your code printed:", *indented(report.printed.splitlines())]
    if report.outcome not in ("correct", "not attempted"):
        return [*lines, "Mend what is wrong, and run the milestone again."]
    lines += [test.message for test in report.tests if test.outcome == "correct" and test.message]
    if files and report.tests[-1].outcome == "not attempted":  # all together could not be tried here
        lines.append(sentence(report.tests[-1].message))
    others = ", ".join(piece for piece in milestone.pieces if piece not in files)
    yours = f"{len(files)} of {len(milestone.pieces)} pieces are yours"
    return [*lines, f"{yours}; still refalloc's: {others}." if others else f"{yours}."]


def indented(lines):
    return [f"  {line}" for line in lines]


def milestone_text(milestone, report, files):
    """All of a milestone's CheckReport."""
    tests = indented(milestone_line(test) for test in report.tests)
    head = f"Milestone {milestone.id}: {milestone.title}"
    return "\n".join([head, *tests, *milestone_verdict(milestone, report, files)])


def progress_text(course, progress):
    """The course at a glance."""
    lines = []
    for lesson in course.lessons:
        lines.append(f"{lesson.id} {lesson.title}")
        lines += [f"  {exercise_line(exercise, progress)}" for exercise in lesson.exercises]
    passed = sum(bool(progress.passed(exercise)) for exercise in course.exercises)
    got, most = total_points(course, progress)
    return "\n".join([*lines, f"{passed} of {len(course.exercises)} exercises, {points(got, most)}"])


def exercise_line(exercise, progress):
    """One exercise in a line of the progress."""
    state = "passed" if progress.passed(exercise) else "to do"
    got = f"{progress.points(exercise)} of {exercise.points}"
    return f"{exercise.id}  {state:6}  {got} points  {exercise.title} ({exercise.minutes} minutes)"


def total_points(course, progress):
    """(points got, points of the course), ints."""
    return sum(map(progress.points, course.exercises)), sum(exercise.points for exercise in course.exercises)


def hints_text(exercise, hints):
    """Hints shown so far, and how many are left."""
    lines = [f"Hint {number} of {HINT_COUNT}: {hint}" for number, hint in enumerate(hints, start=1)]
    if len(hints) < HINT_COUNT:
        lines.append(f"Not enough? Ask for a hint on {exercise.id} again.")
    return "\n".join(lines)


def points(got, most):
    return f"{got} of {most} point{'' if most == 1 else 's'}"


def sentence(message):
    """`message` with a full stop, if it has no end of its own."""
    return message if message.endswith((".", "?", "!")) else f"{message}."


def short_path(file):
    """`file` from the working directory, where that is shorter."""
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive
        return str(file)
    return min(relative, str(file), key=len)
