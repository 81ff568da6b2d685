"""Submissions are found as they come, and what is hostile in them is passed over."""

import io
import os
import socket
import zipfile
from pathlib import PurePosixPath
from types import SimpleNamespace

import pytest

from refalloc.grader import GraderError
from refalloc.grader.archive import FILE_CAP, Content
from refalloc.grader.submissions import find_submissions

EXERCISE = SimpleNamespace(id="04.2", stub="04_size_classes/exercise_2.py")
OTHER = SimpleNamespace(id="05.2", stub="05_free_lists/exercise_2.py")
HEADED = b'"""Exercise 04.2: finer classes.\n"""\n'


def put(folder, path, data=b"x = 1\n"):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def answers(places, exercise=EXERCISE):
    return {found.student: found.answer(exercise) for found in find_submissions(places)}


def test_a_folder_of_student_folders(tmp_path):
    put(tmp_path, "ada/exercises/04_size_classes/exercise_2.py", b"ada")
    put(tmp_path, "grace/04_size_classes/exercise_2.py", b"grace")
    put(tmp_path, "edsger/notes.py", b"none")
    put(tmp_path, "readme.txt")
    assert answers([tmp_path]) == {"ada": b"ada", "grace": b"grace", "edsger": None}


def test_a_folder_of_student_zips(tmp_path):
    put(
        tmp_path,
        "ada.zip",
        zipped(**{"a/04_size_classes/exercise_2.py": b"a"}),
    )
    assert answers([tmp_path]) == {"ada": b"a"}


def test_a_zip_of_the_whole_class(tmp_path):
    data = zipped(**{"ada/04_size_classes/exercise_2.py": b"a", "grace.zip": zipped(**{"exercise_2.py": HEADED})})
    place = put(tmp_path, "all.zip", data)
    assert answers([place]) == {"ada": b"a", "grace": HEADED}


def test_github_classroom_folders_lose_the_assignments_name(tmp_path):
    put(tmp_path, "hw4-submissions/hw4-ada/exercises/04_size_classes/exercise_2.py", b"a")
    assert answers([tmp_path / "hw4-submissions"]) == {"ada": b"a"}


def test_canvas_downloads_are_grouped_by_the_canvas_id(tmp_path):
    put(tmp_path, "lovelaceada_77_1001_exercise_2.py", HEADED)
    put(tmp_path, "lovelaceada_77_1002_exercise_3.py", b'"""Exercise 04.3"""')
    put(tmp_path, "hoppergrace_LATE_78_1003_exercise_2-1.py", HEADED)
    found = find_submissions([tmp_path])
    assert [(one.student, one.name, one.is_marked_late) for one in found] == [
        ("77", "lovelaceada", False),
        ("78", "hoppergrace", True),
    ]
    assert [one.answer(EXERCISE) for one in found] == [HEADED, HEADED]


def test_moodle_downloads_give_the_participants_number(tmp_path):
    put(tmp_path, "Ada Lovelace_901_assignsubmission_file_/exercise_2.py", HEADED)
    put(tmp_path, "Grace Hopper_902_assignsubmission_file_exercise_2.py", HEADED)
    found = find_submissions([tmp_path])
    assert [(one.student, one.name) for one in found] == [("901", "Ada Lovelace"), ("902", "Grace Hopper")]
    assert [one.answer(EXERCISE) for one in found] == [HEADED, HEADED]


def test_a_file_outside_its_lessons_folder_must_say_which_exercise_it_is(tmp_path):
    put(tmp_path, "ada/exercise_2.py", HEADED)
    put(tmp_path, "grace/exercise_2.py", b"def f(): pass")
    assert answers([tmp_path]) == {"ada": HEADED, "grace": None}
    assert answers([tmp_path], OTHER) == {"ada": None, "grace": None}


def test_a_file_that_was_kept_aside_is_no_answer(tmp_path):
    put(tmp_path, "ada/04_size_classes/exercise_2.kept-1.py", HEADED)
    assert answers([tmp_path]) == {"ada": None}


def test_of_files_that_were_uploaded_again_the_last_counts(tmp_path):
    for name, data in (("exercise_2.py", b"1"), ("exercise_2-1.py", b"2"), ("exercise_2-10.py", b"3")):
        put(tmp_path, f"ada/04_size_classes/{name}", data)
    assert answers([tmp_path]) == {"ada": b"3"}


def test_several_rounds_are_attempts(tmp_path):
    put(tmp_path, "one/ada/04_size_classes/exercise_2.py", b"1")
    put(tmp_path, "two/ada/04_size_classes/exercise_2.py", b"2")
    put(tmp_path, "two/grace/04_size_classes/exercise_2.py", b"g")
    found = find_submissions([tmp_path / "one", tmp_path / "two"])
    assert [(one.student, one.attempt, one.answer(EXERCISE)) for one in found] == [
        ("ada", 1, b"1"),
        ("ada", 2, b"2"),
        ("grace", 1, b"g"),
    ]


def test_an_empty_place_is_an_error(tmp_path):
    with pytest.raises(GraderError, match="holds no submission"):
        find_submissions([tmp_path])
    with pytest.raises(GraderError, match="neither a folder nor"):
        find_submissions([put(tmp_path, "marks.csv")])


def test_links_pipes_sockets_and_devices_are_passed_over(tmp_path, monkeypatch):
    secret = put(tmp_path, "secret.py", b"the solution")
    folder = tmp_path / "class" / "ada" / "04_size_classes"
    folder.mkdir(parents=True)
    (folder / "exercise_2.py").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "exercise_3.py")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(folder)  # a socket's path may have no more than 107 bytes
        server.bind("exercise_4.py")
    if os.geteuid() == 0:
        os.mknod(folder / "exercise_5.py", 0o20600, os.makedev(1, 5))  # /dev/zero
    (tmp_path / "class" / "grace").symlink_to(tmp_path)
    found = {one.student: one for one in find_submissions([tmp_path / "class"])}
    assert found["ada"].content.files == {}
    assert found["grace"].content.files == {}
    assert len(found["ada"].content.notes) == 3 + (os.geteuid() == 0)
    assert "a link" in found["grace"].content.notes[0]


def test_names_in_an_archive_lead_nowhere(tmp_path):
    content = Content()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("../../etc/evil.py", "/etc/evil.py", "a/../../evil.py", "..\\evil.py"):
            archive.writestr(name, "evil")
        link = zipfile.ZipInfo("04_size_classes/exercise_2.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    content.add_zip(stream.getvalue(), PurePosixPath())
    assert content.files == {}
    assert len(content.notes) == 5


def test_an_archive_that_explodes_is_read_up_to_the_cap(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("04_size_classes/exercise_2.py", bytes(50 << 20))
        inner = stream.getvalue()
    content = Content()
    content.add_zip(stream.getvalue(), PurePosixPath())
    assert [len(data) for data in content.files.values()] == [FILE_CAP + 1]
    assert len(inner) < 1 << 20


def test_archives_in_archives_end(tmp_path):
    data = zipped(**{"exercise_2.py": HEADED})
    for _ in range(30):
        data = zipped(**{"again.zip": data})
    content = Content()
    content.add_zip(data, PurePosixPath())
    assert content.files == {}
    assert "too many folders deep" in content.notes[0]


def test_an_archive_that_is_none_is_noted(tmp_path):
    put(tmp_path, "ada.zip", b"PK\x03\x04 rubbish")
    [found] = find_submissions([tmp_path])
    assert "not an archive" in found.content.notes[0]


def test_more_files_than_anyone_needs_are_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr("refalloc.grader.archive.ENTRY_CAP", 50)
    for number in range(100):
        put(tmp_path, f"ada/{number:03}.py")
    [found] = find_submissions([tmp_path])
    assert len(found.content.files) < 60
    assert "more than 50 files" in found.content.notes[0]


def test_strange_names_stay_apart(tmp_path):
    for name in ("a\nb", "a\tb", "<b>ada</b>", "é", "x" * 200, "=1+1"):
        put(tmp_path, f"{name}/04_size_classes/exercise_2.py", name.encode())
    os.mkdir(os.fsencode(tmp_path) + b"/\xff\xfe")
    students = [one.student for one in find_submissions([tmp_path])]
    assert len(set(students)) == 7
    assert all(student.isprintable() for student in students)
