"""refalloc reset: back to the stub, with nothing lost."""

import click

from refalloc.commands.errors import course_errors
from refalloc.course import stubs
from refalloc.course.index import find_course
from refalloc.course.text import short_path


@click.command()
@click.argument("exercise")
@course_errors
def reset(exercise):
    """Put the stub of an exercise back, and keep your file beside it.

    EXERCISE is an id such as 04.2. What has passed stays passed.
    """
    chosen = find_course().exercise(exercise)
    kept = stubs.reset(chosen)
    click.echo(f"{short_path(chosen.file)} is the stub again.")
    if kept is not None:
        click.echo(f"Your file is kept as {short_path(kept)}.")
