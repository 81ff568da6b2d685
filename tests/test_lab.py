"""What notebooks import shows as HTML and as text, and means the same in both."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from refalloc import allocator, lab
from refalloc.course.progress import Progress


@pytest.fixture
def course(course, monkeypatch):
    """The course, with its notebooks as the working directory, as a kernel has it."""
    monkeypatch.chdir(course.root / "notebooks")
    return course


class Reader(HTMLParser):
    """The text and links of HTML, and a proof that every tag is closed."""

    def __init__(self, source):
        super().__init__()
        self.text, self.links, self.open = "", [], []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_failed_check_shows_its_message_and_a_link_to_the_file(course):
    exercise = course.exercise("00.1")
    exercise.file.write_text("def waste(asked_len, given_len):\n    print('<b>')\n    return 1 < asked_len\n")
    shown = lab.check("00.1")
    reader = Reader(shown._repr_html_())
    for text in (repr(shown), reader.text):
        assert "incorrect" in text
        assert "gave True; expected 28." in text
        assert "<b>" in text
    assert [Path(link).resolve() for link in reader.links] == [exercise.file]
    assert shown.value.outcome == "incorrect"


def test_a_check_that_passes_opens_the_solution(course):
    exercise = course.exercise("00.1")
    assert "opens when your own passes" in repr(lab.solution("00.1"))
    exercise.file.write_text(exercise.solution.read_text())
    assert "correct: 1 of 1 point" in repr(lab.check("00.1"))
    shown = lab.solution("00.1")
    assert "explained" in repr(shown)
    assert repr(shown).strip() == Reader(shown._repr_html_()).text.strip()


def test_hints_unfold_one_at_a_time(course):
    assert len(lab.hint("04.1").value) == 1
    shown = lab.hint("04.1")
    reader = Reader(shown._repr_html_())
    for hint in course.exercise("04.1").hints[:2]:
        assert hint in repr(shown)
        assert hint.replace("`", "") in reader.text


def test_progress_lists_every_exercise(course):
    shown = lab.progress()
    for text in (repr(shown), Reader(shown._repr_html_()).text):
        assert re.findall(r"(\d\d\.\d)  to do", text) == [exercise.id for exercise in course.exercises]


def test_asked_lengths_counts_the_blocks_of_a_program():
    lengths = lab.asked_lengths("sqlite", 32768)
    assert lengths[1032] == 1320
    assert max(lengths) <= 32768
    assert lab.asked_lengths("sqlite", 1 << 40).total() > lengths.total()


def test_a_milestone_says_the_same_as_html_and_as_text(course):
    exercise = course.exercise("06.1")
    exercise.file.write_text(exercise.solution.read_text())
    shown = lab.milestone("07")
    for text in (repr(shown), Reader(shown._repr_html_()).text):
        assert "Milestone 07: An allocator of your own pieces" in text
        assert "06.1, right among pieces of refalloc" in text
        assert "1 of 5 pieces are yours" in text


def test_a_verdict_stands_where_progress_cannot_be_kept(course):
    (course.root / ".refalloc").write_text("a file where the folder should be")
    for shown, said in ((lab.check("00.1"), "not attempted"), (lab.hint("00.1"), "Hint 1 of 3")):
        assert said in repr(shown)
        for text in (repr(shown), Reader(shown._repr_html_()).text):
            assert "make that folder writable" in text


def test_own_text_is_the_learners_once_it_has_passed_and_before_that_the_reference(course):
    exercise = course.exercise("12.1")
    exercise.file.write_text("def alloc(heap, length, align_log2):\n    return 4096\n")
    text, told = lab.own_text("12.1")
    assert text is allocator
    assert told == 'refalloc\'s own allocator, as yours has not passed yet: check("12.1")'
    Progress(course).record(SimpleNamespace(exercise="12.1", outcome="correct", points=6))
    text, told = lab.own_text("12.1")
    assert text.alloc(None, 1, 0) == 4096
    assert text.__file__ == str(exercise.file)
    assert told == "your allocator, 12_the_whole_allocator/exercise_1.py"
