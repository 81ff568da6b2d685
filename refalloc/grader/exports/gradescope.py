"""Gradescope: results.json for one submission, and the zip that makes it an autograder.

Source: docs/specs.md and docs/submission_metadata.md of gradescope/autograder_samples, at af5dee4 and 61c849d.
"""

import datetime
import json
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from refalloc.grader import GraderError
from refalloc.grader.marks import moment

HIDDEN_VISIBILITY = "after_published"  # a test that is hidden for ever hides the total too
PACKAGE_FILES = ("pyproject.toml", "README.md", "LICENSE", "constraints.txt")


@dataclass(frozen=True)
class Earlier:
    """A submission before this one. Attributes: submitted: datetime; points: float, which Gradescope keeps."""

    submitted: datetime.datetime
    points: float


@dataclass(frozen=True)
class Metadata:
    """What Gradescope tells of a submission.

    Attributes: student: str, its number of the user, of all of a group joined by "+"; submitted: datetime;
                due: datetime, or None; previous: tuple of Earlier, those that have a score.
    """

    student: str
    submitted: datetime.datetime
    due: datetime.datetime | None
    previous: tuple[Earlier, ...]


def read_metadata(path):
    """Read submission_metadata.json. Returns Metadata. Raises GraderError when it is not as Gradescope writes it."""
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        due = told["assignment"]["due_date"]
        return Metadata(
            student="+".join(sorted(str(user["id"]) for user in told["users"])),
            submitted=moment(told["created_at"]),
            due=None if due is None else moment(due),
            previous=tuple(
                Earlier(moment(one["submission_time"]), float(one["score"]))
                for one in told["previous_submissions"]
                if one["score"] is not None
            ),
        )
    except KeyError as error:
        raise GraderError(f"{path} has no {error}; pass the submission_metadata.json that Gradescope wrote") from None
    except (OSError, ValueError, TypeError) as error:
        raise GraderError(f"{path}: {error}; pass the submission_metadata.json that Gradescope wrote") from None


def results(report, previous=()):
    """results.json for one student's report, as plain data.

    Args: previous: tuple of Earlier; when one of them has more points, those count.
    """
    best = max(previous, key=lambda earlier: earlier.points, default=None)
    counts = best if best is not None and best.points > report["points"] else None
    return {
        "score": report["points"] if counts is None else counts.points,
        "execution_time": round(sum(exercise["seconds"] for exercise in report["exercises"])),
        "output": "\n".join(_notes(report, counts)),
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


def _notes(report, counts):
    yield from report["notes"]
    late = max((exercise["late_percent"] for exercise in report["exercises"]), default=0)
    if late:
        yield f"Handed in late: {late:g} percent off."
    if counts is not None:
        yield (
            f"This submission has {report['points']:g} points. "
            f"The one of {counts.submitted:%Y-%m-%d %H:%M %Z} counts, which has {counts.points:g}."
        )


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


def write_autograder(path, root, hidden=None, edition=None, options=()):
    """The zip that Gradescope's "configure autograder" takes.

    Args:    path: of the zip; root: Path of a clone of this repository; hidden: folder of hidden tests, or None;
             edition: path of an edition's file, or None; options: str, for `refalloc grade one`.
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
        add_text(archive, "options", "".join(f"{option}\n" for option in options))


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
