"""A check as it is printed in a terminal, line by line."""

import re

import click
from rich.padding import Padding
from rich.text import Text

from refalloc.commands.errors import as_started
from refalloc.course import CourseError
from refalloc.course.runner import check_exercise
from refalloc.course.text import short_path, summary, test_line

COLUMNS = re.compile(r"\S {2,}\S")  # as in the table of a schedule
STYLES = {
    "correct": "green",
    "incorrect": "red",
    "crashed": "red",
    "timed out": "red",
    "not attempted": "yellow",
    "not reached": "dim",
}


def check_and_print(exercise, progress, console):
    """Check `exercise`, print what comes as it comes, and keep it in `progress`. Returns CheckReport."""
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
    """Print a line, wrapped to the terminal at its own indent, its word for the outcome coloured.

    A line with columns is cut there instead, as its rest would stand below others; without a terminal it is whole.
    """
    text = Text(as_started(line.lstrip()))
    if outcome:
        text.highlight_words([outcome], style=STYLES[outcome])
    if COLUMNS.search(line):
        if not console.is_terminal:
            console.print(Text(line), soft_wrap=True)
            return
        text.no_wrap, text.overflow = True, "ellipsis"
    console.print(Padding(text, (0, 0, 0, len(line) - len(line.lstrip())), expand=False))
