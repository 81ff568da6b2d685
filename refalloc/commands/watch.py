"""refalloc check --watch where there are no keys: in a pipe, in an editor's output, in a plain terminal."""

import os
import sys

from rich.console import Console
from rich.text import Text
from watchfiles import watch as folder_changes

from refalloc.commands.printing import check_and_print
from refalloc.course.text import short_path


def has_keys():
    """Whether a person with a keyboard sits before a terminal that can be written all over."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def watch_saves(course, progress, exercise):
    """Check on each save until the user ends it, or all has passed."""
    console = Console(highlight=False)
    pinned = exercise is not None
    while True:
        exercise = exercise if pinned else progress.next_exercise()
        if exercise is None:
            console.print("All exercises have passed.")
            return
        stamp = stamp_of(exercise.file)
        report = check_and_print(exercise, progress, console)
        if report.outcome == "correct" and not pinned:
            continue
        console.print(Text(f"Watching {short_path(exercise.file)}; save it to check again, Ctrl-C ends.", style="dim"))
        if not _wait_for_save(exercise.file, stamp):
            return
        console.rule()


def _wait_for_save(file, stamp):
    """Wait until `file` is no longer as `stamp` says. Returns bool: False when the user pressed Ctrl-C instead."""

    # The folder, as editors replace the file: a watch on the file would follow the one that was replaced. And a look
    # each second, for network folders that send no events, and for a save just before the watch began.
    looks = folder_changes(
        file.parent, recursive=False, rust_timeout=1000, yield_on_timeout=True, raise_interrupt=False
    )
    return any(stamp_of(file) not in (stamp, None) for _ in looks)


def stamp_of(file):
    """What changes when a file is saved; None while there is no file."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
