"""What the commands on compiled code share: the text that is asked for, and errors that need no traceback."""

import importlib
from contextlib import contextmanager

import click

from_option = click.option(
    "--from",
    "text_file",
    metavar="FILE",
    help="A Python file with alloc, free, resize and remap, or `improved`, the second text; default: the reference.",
)


@contextmanager
def plain_errors():
    """Turn what can go wrong with a text into a message and exit code 1."""
    try:
        from refalloc import native
        from refalloc.native.linking import ExportError
        from refalloc.native.trial import TrialError
    except ImportError as error:
        raise click.ClickException(str(error)) from None
    try:
        yield
    except (native.CompileError, ExportError, TrialError, OSError) as error:
        raise click.ClickException(str(error)) from None


def chosen_text(text_file):
    """The text for --from: a module of this package, or a path."""
    if text_file in (None, "improved"):
        return importlib.import_module("refalloc.allocator" if text_file is None else "refalloc.improved")
    return text_file
