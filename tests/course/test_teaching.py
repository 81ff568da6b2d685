"""The pages for instructors say what is so."""

import re

import pytest
from teaching import COURSE, MARK, PAGES, generated, page_of

LESSONS = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)


@LESSONS
def test_goals_minutes_and_common_errors_are_those_of_the_course(lesson):
    text = page_of(lesson).read_text()
    assert text.partition(MARK)[2] == f"\n{generated(lesson)}", "run: python tests/teaching.py"


@LESSONS
def test_the_plan_is_of_90_minutes_and_names_every_exercise(lesson):
    by_hand = page_of(lesson).read_text().partition(MARK)[0]
    assert by_hand.startswith(f"# Lesson {lesson.id}, {lesson.title}: for instructors\n\n{lesson.question}\n")
    assert sum(map(int, re.findall(r"^\| (\d+) \|", by_hand, re.MULTILINE))) == 90
    assert {*re.findall(r"\b\d\d\.\d\b", by_hand)} == {exercise.id for exercise in lesson.exercises}


def test_there_is_a_page_for_each_lesson_and_no_other():
    assert sorted(PAGES.iterdir()) == [page_of(lesson) for lesson in COURSE.lessons]
