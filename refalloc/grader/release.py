"""What learners get: the course without solutions, wrong answers, hidden tests or marks."""

import zipfile
from pathlib import Path

from refalloc.grader import GraderError
from refalloc.grader.exports.gradescope import add_file, add_text, package_files

ROOT_FILES = ("README.md", "LICENSE", "pyproject.toml", "constraints.txt", "environment.yml", "Makefile")


def write_release(path, root, exercises, stub_of):
    """A zip of the course as learners start it.

    Args:    path: of the zip; root: Path of the course; exercises: list of course.index.Exercise;
             stub_of: function of an exercise, the text that learners start from: never the file in `root`, which may be
             somebody's answer.
    Returns: list of the names in it.
    Raises:  GraderError when a part of the course is not there.
    """
    root = Path(root)
    missing = [name for name in (*ROOT_FILES, "notebooks", "refalloc") if not (root / name).exists()]
    if missing:
        raise GraderError(f"{root} has no {', '.join(missing)}; run this in a clone of the repository")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ROOT_FILES:
            add_file(archive, f"refalloc/{name}", root / name)
        for file in [*package_files(root), *sorted((root / "notebooks").glob("*.ipynb"))]:
            add_file(archive, f"refalloc/{file.relative_to(root)}", file)
        add_file(archive, "refalloc/exercises/index.toml", root / "exercises" / "index.toml")
        for exercise in exercises:
            add_text(archive, f"refalloc/exercises/{exercise.stub}", stub_of(exercise))
            add_file(archive, f"refalloc/exercises/{exercise.checks.relative_to(root / 'exercises')}", exercise.checks)
        return archive.namelist()
