import json
import threading

import pytest

from refalloc.atomic import write_atomically
from refalloc.course import CourseError
from refalloc.course.progress import Progress
from refalloc.course.runner import CheckReport


def report(exercise, outcome, points):
    return CheckReport(exercise.id, "", "", outcome, points, exercise.points, "", [], (), "", 0.1)


@pytest.fixture
def progress(course):
    return Progress(course)


def test_at_first_nothing_has_passed(course, progress):
    assert progress.next_exercise() == course.exercises[0]
    assert [progress.points(exercise) for exercise in course.exercises] == [0] * len(course.exercises)
    assert not progress.folder.exists()


def test_a_pass_is_kept_with_its_time_and_stays_when_a_later_check_fails(course, progress):
    first = course.exercises[0]
    progress.record(report(first, "correct", 1))
    when = progress.passed(first)
    progress.record(report(first, "incorrect", 0))
    again = Progress(course)
    assert again.passed(first) == when
    assert again.points(first) == 1
    assert again.next_exercise() == course.exercises[1]


def test_the_most_points_are_kept(course, progress):
    exercise = course.exercise("04.4")
    for points in (1, 2, 0):
        progress.record(report(exercise, "incorrect", points))
    assert progress.points(exercise) == 2
    assert progress.passed(exercise) is None


def test_hints_come_one_at_a_time_and_stay(course, progress):
    exercise = course.exercise("04.1")
    assert [len(progress.show_hint(exercise)[0]) for _ in range(4)] == [1, 2, 3, 3]
    assert progress.show_hint(exercise, 1) == (list(exercise.hints[:1]), "")
    assert progress.hints_shown(exercise) == 3


@pytest.mark.parametrize("number", [0, 4, -1])
def test_a_hint_that_is_not_there_is_an_error_and_counts_for_nothing(course, progress, number):
    with pytest.raises(CourseError, match="hints 1 to 3"):
        progress.show_hint(course.exercises[0], number)
    assert progress.hints_shown(course.exercises[0]) == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"version": 2, "exercises": {}}', '{"version": 1, "exercises": 1}']
)
def test_a_damaged_record_is_told_and_not_overwritten(course, progress, text):
    progress.folder.mkdir()
    progress.path.write_text(text)
    with pytest.raises(CourseError, match=r"damaged.*move it away"):
        progress.record(report(course.exercises[0], "correct", 1))
    assert progress.path.read_text() == text


def test_a_folder_that_cannot_be_written_is_told(course, progress):
    progress.folder.write_text("a file where the folder should be")
    with pytest.raises(CourseError, match="make that folder writable"):
        progress.record(report(course.exercises[0], "correct", 1))
    hints, problem = progress.show_hint(course.exercises[0])
    assert hints == list(course.exercises[0].hints[:1])
    assert "make that folder writable" in problem


def test_records_made_at_the_same_time_are_all_kept(course):
    threads = [
        threading.Thread(target=Progress(course).record, args=(report(exercise, "correct", exercise.points),))
        for exercise in course.exercises
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Progress(course).next_exercise() is None


def test_a_write_that_fails_leaves_the_old_text_and_no_scraps(tmp_path):
    path = tmp_path / "kept"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_record_is_plain_json(course, progress):
    progress.record(report(course.exercises[0], "correct", 1))
    assert json.loads(progress.path.read_text())["exercises"]["00.1"]["points"] == 1
