"""What learners get: the course without solutions, wrong answers, hidden tests or marks."""

import zipfile
from pathlib import Path

import tomlkit

from refalloc.grader import GraderError
from refalloc.grader.exports.gradescope import add_file, add_text, package_files

FOR_INSTRUCTORS = Path("refalloc", "course", "teaching")  # what is wrong with each common answer
ROOT_FILES = ("README.md", "LICENSE", "pyproject.toml", "constraints.txt", "environment.yml", "Makefile")


def write_release(path, root, exercises, stub_of, term=None):
    """A zip of the course as learners start it.

    Args:    path: of the zip; root: Path of the course; exercises: list of course.index.Exercise;
             stub_of: function of an exercise, the text that learners start from: never the file in `root`, which may be
             somebody's answer; term: edition.Term, whose knobs the learners' checks then have. Its seed stays here.
    Returns: list of the names in it.
    Raises:  GraderError when a part of the course is not there, or the term has knobs of an exercise that is not.
    """
    root = Path(root)
    missing = [name for name in (*ROOT_FILES, "notebooks", "refalloc") if not (root / name).exists()]
    if missing:
        raise GraderError(f"{root} has no {', '.join(missing)}; run this in a clone of the repository")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ROOT_FILES:
            add_file(archive, f"refalloc/{name}", root / name)
        for file in [*package_files(root), *sorted((root / "notebooks").glob("*.ipynb"))]:
            if root / FOR_INSTRUCTORS in file.parents:
                continue
            add_file(archive, f"refalloc/{file.relative_to(root)}", file)
        index = (root / "exercises" / "index.toml").read_text(encoding="utf-8")
        add_text(
            archive, "refalloc/exercises/index.toml", index if term is None else with_knobs(index, exercises, term)
        )
        for exercise in exercises:
            add_text(archive, f"refalloc/exercises/{exercise.stub}", stub_of(exercise))
            add_file(archive, f"refalloc/exercises/{exercise.checks.relative_to(root / 'exercises')}", exercise.checks)
        return archive.namelist()


def with_knobs(index, exercises, term):
    """The text of the index with a term's knobs in it. Args: exercises: all of the index, in order; term: Term."""
    document = tomlkit.parse(index)
    entries = [entry for lesson in document["lesson"] for entry in lesson["exercise"]]
    for exercise, entry in zip(exercises, entries, strict=True):
        if exercise.id in term.knobs:
            entry["knobs"] = {**exercise.knobs, **term.knobs[exercise.id]}
    return tomlkit.dumps(document)
