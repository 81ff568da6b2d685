"""refalloc hint: the next of an exercise's three hints."""

import click
from rich.console import Console
from rich.text import Text

from refalloc.commands.errors import course_errors
from refalloc.course.index import HINT_COUNT, find_course
from refalloc.course.progress import Progress
from refalloc.course.text import hints_text


@click.command()
@click.argument("exercise", required=False)
@click.argument("number", required=False, type=click.IntRange(1, HINT_COUNT))
@course_errors
def hint(exercise, number):
    """Show the next hint for an exercise, after those that you have seen.

    EXERCISE is an id such as 04.2; without it, the first that has not passed. NUMBER shows hints up to that one.
    """
    course = find_course()
    progress = Progress(course)
    chosen = progress.next_exercise() if exercise is None else course.exercise(exercise)
    if chosen is None:
        click.echo("All exercises have passed.")
        return
    click.echo(f"{chosen.id} {chosen.title}")
    hints, problem = progress.show_hint(chosen, number)
    Console(highlight=False).print(Text(hints_text(chosen, hints)))
    if problem:
        click.echo(f"Warning: {problem}", err=True)
