"""refalloc check: run the checks of an exercise, once or after each save."""

import contextlib
import json

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from watchfiles import watch as folder_changes

from refalloc.commands.errors import course_errors
from refalloc.course import CourseError
from refalloc.course.index import find_course
from refalloc.course.progress import Progress
from refalloc.course.runner import check_exercise
from refalloc.course.text import short_path, summary, test_line

STYLES = {
    "correct": "green",
    "incorrect": "red",
    "crashed": "red",
    "timed out": "red",
    "not attempted": "yellow",
    "not reached": "dim",
}


@click.command()
@click.argument("exercise", required=False)
@click.option("--all", "check_all", is_flag=True, help="Check every exercise.")
@click.option("--watch", is_flag=True, help="Check again each time that you save, and go on when it passes.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON, a list, and nothing else.")
@course_errors
def check(exercise, check_all, watch, as_json):
    """Check your answer to an exercise.

    EXERCISE is an id such as 04.2, or the path of its file; without it, the first that has not passed.
    """
    if (exercise is not None) + check_all > 1 or (watch and (check_all or as_json)):
        raise click.UsageError("an exercise, --all and --watch with --all or --json exclude each other")
    course = find_course()
    progress = Progress(course)
    if watch:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C in the middle of a check
            _watch(course, progress, course.exercise(exercise) if exercise else None)
        return
    if check_all:
        chosen = course.exercises
    elif exercise:
        chosen = [course.exercise(exercise)]
    else:
        following = progress.next_exercise()
        if following is None:
            click.echo("[]" if as_json else "All exercises have passed; `refalloc check --all` checks them again.")
            return
        chosen = [following]
    console = Console(highlight=False, quiet=as_json)
    reports = [_check_one(item, progress, console) for item in chosen]
    if as_json:
        click.echo(json.dumps([report.as_dict() for report in reports], indent=1))
    if any(report.outcome != "correct" for report in reports):
        raise click.exceptions.Exit(1)


def _check_one(exercise, progress, console):
    console.print(Text(f"{exercise.id} {exercise.title}", style="bold"), Text(short_path(exercise.file)), sep="   ")
    report = check_exercise(exercise, on_test=lambda test: print_line(console, f"  {test_line(test)}", test.outcome))
    for test in report.tests:
        if test.outcome == "not reached":
            print_line(console, f"  {test_line(test)}", test.outcome)
    for line in summary(report):
        print_line(console, line, report.outcome)
    try:
        progress.record(report)
    except CourseError as error:  # the verdict stands all the same
        click.echo(f"Warning: {error}", err=True)
    return report


def print_line(console, line, outcome=""):
    """Print a line, wrapped to the terminal at its own indent, its word for the outcome coloured."""
    text = Text(line.lstrip())
    if outcome:
        text.highlight_words([outcome], style=STYLES[outcome])
    console.print(Padding(text, (0, 0, 0, len(line) - len(line.lstrip())), expand=False))


def _watch(course, progress, exercise):
    """Check on each save until the user ends it, or all has passed."""
    console = Console(highlight=False)
    pinned = exercise is not None
    while True:
        exercise = exercise if pinned else progress.next_exercise()
        if exercise is None:
            console.print("All exercises have passed.")
            return
        stamp = _stamp(exercise.file)
        report = _check_one(exercise, progress, console)
        if report.outcome == "correct" and not pinned:
            continue
        console.print(Text(f"Watching {short_path(exercise.file)}; save it to check again, Ctrl-C ends.", style="dim"))
        if not _wait_for_save(exercise.file, stamp):
            return
        console.rule()


def _wait_for_save(file, stamp):
    """Wait until `file` is no longer as `stamp` says. Returns bool: False when the user pressed Ctrl-C instead."""

    # The folder, as editors replace the file: a watch on the file would follow the one that was replaced. And a look
    # each second, for network folders that send no events, and for a save just before the watch began.
    looks = folder_changes(
        file.parent, recursive=False, rust_timeout=1000, yield_on_timeout=True, raise_interrupt=False
    )
    return any(_stamp(file) not in (stamp, None) for _ in looks)


def _stamp(file):
    """What changes when a file is saved; None while there is no file."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
