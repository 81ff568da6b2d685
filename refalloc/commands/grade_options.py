"""What the commands of grading have in common: options, what they say, and how errors of the grader are told."""

import functools

import click

from refalloc.commands.errors import course_errors
from refalloc.grader import GraderError
from refalloc.grader.edition import Term, load_term
from refalloc.grader.marks import LatePolicy, moment


def grader_errors(command):
    """Decorates a command: a GraderError becomes a line on standard error and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except GraderError as error:
            raise click.ClickException(str(error)) from None

    return course_errors(wrapped)


course_option = click.option(
    "--course", "course_folder", type=click.Path(exists=True), help="The course; default: the one around here."
)
hidden_option = click.option(
    "--hidden", type=click.Path(exists=True, file_okay=False), help="Your hidden tests, laid out as exercises/."
)
edition_option = click.option(
    "--edition", type=click.Path(exists=True, dir_okay=False), help="A TOML file with this term's seed and knobs."
)
LATE_OPTIONS = (
    click.option("--due", metavar="TIME", help="When it was due, as ISO 8601."),
    click.option("--late-per-day", type=click.FloatRange(0, 100), default=0, help="Percent off for each day begun."),
    click.option(
        "--late-max", type=click.FloatRange(0, 100), default=100, show_default=True, help="Percent off at most."
    ),
)


def late_options(command):
    """Decorates a command: what lateness costs; late_policy reads it."""
    return functools.reduce(lambda decorated, option: option(decorated), reversed(LATE_OPTIONS), command)


def late_policy(options):
    """The LatePolicy of a command's options. Raises click.UsageError."""
    try:
        due = moment(options["due"]) if options["due"] else None
    except ValueError as error:
        raise click.UsageError(f"--due {options['due']}: {error}; write 2026-10-01T23:59+02:00") from None
    return LatePolicy(due, options["late_per_day"], options["late_max"])


def load_edition(path, course):
    """The Term of an --edition, an empty one for None. Raises GraderError when it is not one of this course."""
    term = load_term(path) if path else Term()
    term.require_exercises([exercise.id for exercise in course.exercises])
    return term
