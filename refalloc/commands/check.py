"""refalloc check: run the checks of an exercise, once or after each save."""

import contextlib
import json

import click
from rich.console import Console

from refalloc.commands.errors import as_started, course_errors
from refalloc.commands.printing import check_and_print
from refalloc.commands.watch import has_keys, watch_saves
from refalloc.course.index import find_course
from refalloc.course.progress import Progress


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
        watched = None if exercise is None else course.exercise(exercise)
        if has_keys():
            from refalloc.commands.watch_keys import CourseScreen  # a library for screens takes a tenth of a second

            CourseScreen(course, progress, watched).run()
        else:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C in the middle of a check
                watch_saves(course, progress, watched)
        return
    if check_all:
        chosen = course.exercises
    elif exercise is not None:
        chosen = [course.exercise(exercise)]
    else:
        following = progress.next_exercise()
        if following is None:
            done = as_started("All exercises have passed; `refalloc check --all` checks them again.")
            click.echo("[]" if as_json else done)
            return
        chosen = [following]
    console = Console(highlight=False, quiet=as_json)
    reports = [check_and_print(item, progress, console) for item in chosen]
    if as_json:
        click.echo(json.dumps([report.as_dict() for report in reports], indent=1))
    if any(report.outcome != "correct" for report in reports):
        raise click.exceptions.Exit(1)
