"""What the commands of the course share: how an error of the course is told, and the command's own name."""

import functools
import shutil
import sys
from pathlib import Path

import click

from refalloc.course import CourseError
from refalloc.course.text import short_path


def course_errors(command):
    """Decorates a command: a CourseError becomes a line on standard error and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except CourseError as error:
            raise click.ClickException(as_started(str(error))) from None

    return wrapped


def as_started(text):
    """`text` with its `refalloc ...` as a shell finds it: by the path that this one was started by, if not by name."""
    started = Path(sys.argv[0])
    if started.stem != "refalloc" or shutil.which("refalloc") is not None:
        return text
    return text.replace("`refalloc ", f"`{short_path(started)} ")
