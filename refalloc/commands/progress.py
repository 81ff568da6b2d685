"""refalloc progress: the course at a glance."""

import json

import click

from refalloc.commands.errors import as_started, course_errors
from refalloc.course.index import find_course
from refalloc.course.progress import Progress
from refalloc.course.text import progress_text


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of exercises, and nothing else.")
@course_errors
def progress(as_json):
    """Show which exercises have passed, and your points."""
    course = find_course()
    record = Progress(course)
    if as_json:
        rows = [
            {
                "exercise": exercise.id,
                "title": exercise.title,
                "passed": record.passed(exercise),
                "points": record.points(exercise),
                "max_points": exercise.points,
                "hints": record.hints_shown(exercise),
            }
            for exercise in course.exercises
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    click.echo(progress_text(course, record))
    following = record.next_exercise()
    if following is not None:
        click.echo(as_started(f"Next: {following.id}; `refalloc check` checks it."))
