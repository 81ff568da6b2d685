"""The files that learners start from, and how to get one back.

A copy of each stub comes with the package, so that no git is needed to find it: refalloc/data/stubs/.
"""

from importlib import resources

from refalloc.atomic import write_atomically
from refalloc.course import CourseError


def stub_text(exercise):
    """The text of the stub of `exercise`."""
    folder, name = exercise.stub.split("/")
    return (resources.files("refalloc") / "data" / "stubs" / folder / name).read_text(encoding="utf-8")


def reset(exercise):
    """Put the stub of `exercise` in the place of the learner's file, which is kept beside it under another name.

    Returns: Path of the kept file; None when there was nothing to keep.
    """
    file, stub = exercise.file, stub_text(exercise)
    kept = None
    try:
        if file.exists() and file.read_bytes() != stub.encode():
            kept = _keep(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, stub)
    except OSError as error:
        raise CourseError(
            f"{file} cannot be replaced ({error.strerror}); it must be a file, in a folder that you may write to"
        ) from error
    return kept


def _keep(file):
    number = 1
    while (kept := file.with_name(f"{file.stem}.kept-{number}.py")).exists():
        number += 1
    kept.write_bytes(file.read_bytes())
    return kept
