"""refalloc solution: an explained solution, once one's own has passed."""

import click

from refalloc.commands.errors import course_errors
from refalloc.course.index import find_course
from refalloc.course.progress import Progress
from refalloc.course.solution import solution_text


@click.command()
@click.argument("exercise")
@course_errors
def solution(exercise):
    """Show the explained solution of an exercise that has passed.

    EXERCISE is an id such as 04.2.
    """
    course = find_course()
    click.echo(solution_text(course.exercise(exercise), Progress(course)))
