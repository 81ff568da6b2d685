"""Whose work lies where, in a folder or archive as it was downloaded.

    a folder or zip for each student          ada/, grace.zip
    GitHub Classroom, Classroom 50            ASSIGNMENT-submissions/ASSIGNMENT-ada/
    Canvas, "Download Submissions"            lovelaceada_LATE_1234_56789_exercise_2.py
    Moodle, "Download all submissions"        Ada Lovelace_1234_assignsubmission_file_/exercise_2.py
    Gradescope, "Export Submissions"          submission_1234/

Source: names of Canvas from lib/content_zipper.rb (canvas-lms), of Moodle from mod/assign/locallib.php.
"""

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from refalloc.grader import GraderError
from refalloc.grader.archive import SKIPPED_FOLDERS, Content, printable

CANVAS = re.compile(r"^(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$")
MOODLE = re.compile(r"^(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)$")
UPLOAD_AGAIN = re.compile(r"(?:-\d+| ?\(\d+\))$")  # exercise_2-1.py, exercise_2 (1).py: the same file once more
HEADER = re.compile(rb"Exercise (\d\d\.\d+)\b")
HEADER_LEN = 400  # bytes in which an answer says which exercise it is


@dataclass
class Submission:
    """What one student handed in, once.

    Attributes: student: str, an id; name: str, "" when unknown; content: archive.Content; is_marked_late: bool;
                attempt: int, from 1, in the order of the rounds given.
    """

    student: str
    name: str = ""
    content: Content = field(default_factory=Content)
    is_marked_late: bool = False
    attempt: int = 1

    def answer(self, exercise):
        """The answer to an exercise (course.index.Exercise): bytes, or None when there is none.

        A file in the lesson's folder comes first, then one that says in its first lines which exercise it is.
        """
        stub = PurePosixPath(exercise.stub)
        stems = {path: UPLOAD_AGAIN.sub("", path.stem) for path in self.content.files}
        named = [path for path, stem in stems.items() if stem == stub.stem or stem.endswith("_" + stub.stem)]
        placed = [path for path in named if path.parts[-2:-1] == (stub.parts[0],)]
        for path in sorted(placed, key=_closest_and_newest) or sorted(named, key=_closest_and_newest):
            data = self.content.files[path]
            header = HEADER.search(data[:HEADER_LEN])
            if path in placed or (header and header[1].decode() == exercise.id):
                return data
        return None


def find_submissions(places):
    """All submissions in folders or zips.

    Args:    places: paths; a student found in several of them handed in once in each: attempts 1, 2, ...
    Returns: list of Submission, by student and attempt.
    Raises:  GraderError when a place is none, or holds nothing.
    """
    found: dict[str, list[Submission]] = {}
    for place in map(Path, places):
        in_place = list(_in_place(place))
        if not in_place:
            raise GraderError(f"{place} holds no submission: no folder and no .zip or .py file of a student")
        for submission in in_place:
            earlier = found.setdefault(submission.student, [])
            submission.attempt = len(earlier) + 1
            earlier.append(submission)
    return [submission for student in sorted(found) for submission in found[student]]


def _in_place(place):
    if place.is_dir():
        entries = sorted(place.iterdir(), key=lambda path: path.name)
        parts = [(path.name, path.is_dir(), lambda path=path: _read(path)) for path in entries]
        yield from _from_parts(place.name, parts)
    elif place.suffix.lower() == ".zip" and place.is_file():
        content = Content()
        with place.open("rb") as stream:
            content.add_zip(stream, PurePosixPath())
        contents: dict[str, Content] = {}
        for path, data in content.files.items():
            part = contents.setdefault(path.parts[0], Content(notes=content.notes))
            part.files[PurePosixPath(*path.parts[1:]) if len(path.parts) > 1 else path] = data
        folders = {path.parts[0] for path in content.files if len(path.parts) > 1}
        parts = [(name, name in folders, lambda part=part: part) for name, part in sorted(contents.items())]
        yield from _from_parts(place.stem, parts)
    else:
        raise GraderError(f"{place} is neither a folder nor a .zip file; pass what holds all submissions")


def _read(path):
    content = Content()
    if path.is_symlink():
        content.note(f"{printable(path.name)}: a link, passed over")
    elif path.is_dir():
        content.add_folder(path)
    else:
        content.add_file(path, PurePosixPath(path.name))
    return content


def _from_parts(title, parts):
    """Submissions from (name of a folder or file, whether it is a folder, function that reads it)."""
    students: dict[str, Submission] = {}
    assignment = title.removesuffix("-submissions") + "-" if title.endswith("-submissions") else ""
    for name, is_folder, read in parts:
        if name.startswith(".") or name in SKIPPED_FOLDERS:
            continue
        moodle = MOODLE.match(name)
        canvas = None if moodle or is_folder else CANVAS.match(name)
        match = moodle or canvas
        if match is None and not is_folder and not name.lower().endswith(".zip"):
            continue  # a gradebook, a readme
        student = match["id"] if match else _student_id(name, is_folder, assignment)
        shown = re.sub(r"\s+", " ", printable(match["name"])) if match else ""
        submission = students.setdefault(student, Submission(student, shown))
        submission.is_marked_late |= bool(canvas and canvas["late"])
        content = read()
        submission.content.notes += content.notes
        for path, data in content.files.items():
            submission.content.files[_without_label(path, match)] = data
    return students.values()


def _student_id(name, is_folder, assignment):
    """An id from the name of a folder or archive. One that cannot be shown as it is gets a digest, to stay its own."""
    student = (name if is_folder else name[: -len(".zip")]).removeprefix(assignment)
    if printable(student) == student:
        return student
    return f"{printable(student)}-{hashlib.sha256(os.fsencode(student)).hexdigest()[:8]}"


def _without_label(path, match):
    """A file's own name, where the system that it comes from put the student's before it."""
    if match and match["file"] and len(path.parts) == 1:
        return PurePosixPath(match["file"])
    return path


def _closest_and_newest(path):
    """Sorts the path with the fewest folders first; of files that were uploaded again, the last."""
    again = UPLOAD_AGAIN.search(path.stem)
    return len(path.parts), -int(re.sub(r"\D", "", again[0])) if again else 0, os.fspath(path)
