"""Gradescope: results.json for one submission, and the zip that makes it an autograder.

Source: specs.md of gradescope/autograder_samples, at af5dee4.
"""

import zipfile
from importlib import resources
from pathlib import Path

from refalloc.grader import GraderError

HIDDEN_VISIBILITY = "after_published"  # a test that is hidden for ever hides the total too
PACKAGE_FILES = ("pyproject.toml", "README.md", "LICENSE", "constraints.txt")


def results(report):
    """results.json for one student's report, as plain data."""
    return {
        "score": report["points"],
        "execution_time": round(sum(exercise["seconds"] for exercise in report["exercises"])),
        "output": "\n".join(report["notes"]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"sandbox": report["sandbox"], "edition": report["edition"]},
        "tests": [
            _test(exercise, test, f"{exercise['exercise']}.{number}")
            for exercise in report["exercises"]
            for number, test in enumerate(exercise["tests"], start=1)
        ],
    }


def _test(exercise, test, number):
    # A late penalty is on the total alone, which overrides the sum of the tests.
    return {
        "name": f"{exercise['exercise']} {exercise['title']}: {test['name']}",
        "name_format": "text",
        "number": number,
        "score": test["points"],
        "max_score": test["max_points"],
        "status": "passed" if test["outcome"] == "correct" else "failed",
        "output": "\n".join([test["message"] or test["outcome"], *test["lines"]]),
        "output_format": "text",
        "visibility": HIDDEN_VISIBILITY if test["hidden"] else "visible",
    }


def write_autograder(path, root, hidden=None, edition=None):
    """The zip that Gradescope's "configure autograder" takes.

    Args:    path: of the zip; root: Path of a clone of this repository; hidden: folder of hidden tests, or None;
             edition: path of an edition's file, or None.
    Raises:  GraderError when `root` is no clone.
    """
    root = Path(root)
    if not (root / "pyproject.toml").is_file():
        raise GraderError(f"{root} is no clone of the repository (no pyproject.toml); run this in one")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("setup.sh", "run_autograder"):
            text = (resources.files("refalloc.grader") / "templates" / name).read_text(encoding="utf-8")
            add_text(archive, name, text, mode=0o755)
        for name in PACKAGE_FILES:
            add_text(archive, f"course/{name}", (root / name).read_text(encoding="utf-8"))
        for file in package_files(root):
            add_file(archive, f"course/{file.relative_to(root)}", file)
        for file in [root / "exercises" / "index.toml", *sorted((root / "exercises").glob("*/test_*.py"))]:
            add_file(archive, f"course/{file.relative_to(root)}", file)
        if hidden is not None:
            for file in sorted(Path(hidden).glob("*/test_*.py")):
                add_file(archive, f"hidden/{file.relative_to(hidden)}", file)
        if edition is not None:
            add_file(archive, "edition.toml", Path(edition))


def package_files(root):
    """Files of the package refalloc in a clone: its sources and data, nothing that was made from them."""
    return [
        file
        for file in sorted((root / "refalloc").rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts and file.suffix not in (".pyc", ".so")
    ]


def add_text(archive, name, text, mode=0o644):
    """Add a file to a zip, always with the same date, so that the same course makes the same zip."""
    _add(archive, name, text.encode(), mode)


def add_file(archive, name, file):
    """Add a file as it is."""
    _add(archive, name, file.read_bytes(), 0o644)


def _add(archive, name, data, mode):
    member = zipfile.ZipInfo(str(name).replace("\\", "/"))
    member.external_attr = (0o100000 | mode) << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, data)
