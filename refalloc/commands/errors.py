"""What the commands of the course share: how an error of the course is told."""

import functools

import click

from refalloc.course import CourseError


def course_errors(command):
    """Decorates a command: a CourseError becomes a line on standard error and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except CourseError as error:
            raise click.ClickException(str(error)) from None

    return wrapped
