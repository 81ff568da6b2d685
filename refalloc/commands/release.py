"""refalloc release: the zip that learners get."""

import click

from refalloc.commands.grade_options import course_option, edition_option, grader_errors, load_edition
from refalloc.course.index import find_course, load_course
from refalloc.course.stubs import stub_text
from refalloc.grader.release import write_release


@click.command()
@click.argument("bundle", metavar="ZIP", type=click.Path(dir_okay=False))
@course_option
@edition_option
@grader_errors
def release(bundle, course_folder, edition):
    """Write ZIP, the course as learners get it: every answer a stub, no solutions, no hidden tests.

    With --edition learners' own checks have this term's knobs, as grading has; the seed is not told.
    """
    course = load_course(course_folder) if course_folder else find_course()
    names = write_release(bundle, course.root, course.exercises, stub_text, load_edition(edition, course))
    click.echo(f"{bundle}: {len(names)} files, {len(course.exercises)} exercises")
