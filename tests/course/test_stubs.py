import pytest

from refalloc.course import CourseError
from refalloc.course.stubs import reset, stub_text


def test_reset_puts_the_stub_back_and_keeps_each_file(course):
    exercise = course.exercise("04.2")
    for answer in ("first", "second"):
        exercise.file.write_text(answer)
        kept = reset(exercise)
        assert kept.read_text() == answer
        assert exercise.file.read_text() == stub_text(exercise)
    assert sorted(path.name for path in exercise.file.parent.glob("*.kept-*")) == [
        "exercise_2.kept-1.py",
        "exercise_2.kept-2.py",
    ]


def test_reset_of_an_untouched_file_keeps_nothing(course):
    exercise = course.exercise("04.2")
    assert reset(exercise) is None
    assert not list(exercise.file.parent.glob("*.kept-*"))


def test_reset_brings_back_a_file_that_is_gone(course):
    exercise = course.exercise("00.1")
    exercise.file.unlink()
    assert reset(exercise) is None
    assert exercise.file.read_text() == stub_text(exercise)


def test_a_folder_in_the_place_of_the_file_is_told(course):
    exercise = course.exercise("00.1")
    exercise.file.unlink()
    exercise.file.mkdir()
    with pytest.raises(CourseError, match="cannot be replaced"):
        reset(exercise)
