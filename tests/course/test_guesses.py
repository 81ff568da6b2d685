import pytest

from refalloc import lab
from refalloc.course import CourseError
from refalloc.course.guesses import Guesses


def test_a_guess_is_there_after_a_restart(course):
    Guesses(course).keep("00 distance", 100)
    assert Guesses(course).entry("00 distance") == {"guess": 100, "shown": False, "late": False}
    assert Guesses(course).entry("00 other")["guess"] is None


def test_a_guess_after_the_result_is_late(course):
    guesses = Guesses(course)
    guesses.show("00 distance")
    guesses.keep("00 distance", 128)
    assert guesses.entry("00 distance") == {"guess": 128, "shown": True, "late": True}
    guesses.show("00 distance")
    assert guesses.entry("00 distance")["late"]


def test_guesses_lie_beside_the_progress_and_leave_it_alone(course):
    Guesses(course).keep("00 distance", 100)
    assert [path.name for path in sorted((course.root / ".refalloc").iterdir())] == ["guesses.json", "lock"]


def test_damaged_guesses_are_told_and_not_overwritten(course):
    guesses = Guesses(course)
    guesses.keep("00 distance", 100)
    guesses.path.write_text("{")
    with pytest.raises(CourseError, match="only your guesses"):
        guesses.keep("00 distance", 1)
    assert guesses.path.read_text() == "{"


def test_a_notebook_asks_again_by_name_and_finds_the_guess(course, monkeypatch):
    monkeypatch.chdir(course.root / "notebooks")
    first = lab.predict("00 distance", "How far?", unit="bytes").commit(100)
    assert lab.predict("00 distance", "How far?", unit="bytes").guess == 100
    first.result(128)
    again = lab.predict("00 distance", "How far?", unit="bytes").commit(128)
    assert again.result(128).startswith("your guess: 100 bytes\n")
