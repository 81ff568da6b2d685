"""Ordinary answers get what they earn, in every cage."""

import pytest
from grader.conftest import BOTH
from grader.ordinary import ANSWERS

from refalloc.course.runner import check_exercise
from refalloc.grader import GraderError
from refalloc.grader.job import Checks


@pytest.mark.parametrize("name", ANSWERS)
def test_an_ordinary_answer_gets_what_it_earns(judge, bwrap, nothing_left, name):
    answer, points, outcome = ANSWERS[name]
    report = judge(answer, bwrap, seconds=1)
    assert (report["points"], report["outcome"]) == (points, outcome), report["tests"]
    assert report["max_points"] == 5


@pytest.mark.parametrize("name", ["right", "ignores_alignment", "raises", "loops", "right_uses_the_course"])
def test_the_cage_makes_no_difference_to_the_mark(judge, landlock, nothing_left, name):
    answer, points, outcome = ANSWERS[name]
    report = judge(answer, landlock, seconds=1)
    assert (report["points"], report["outcome"]) == (points, outcome), report["tests"]


def test_a_failed_visible_test_names_input_and_both_answers(judge, bwrap):
    report = judge("def size_class_index(length, alignment):\n    return 7", bwrap)
    assert "assert 7 == 0" in report["tests"][0]["message"]
    assert "size_class_index" in report["tests"][0]["message"]


def test_a_failed_hidden_test_says_its_hint_and_no_more(judge, bwrap):
    report = judge("def size_class_index(length, alignment):\n    return 1 / 0 if alignment > 9 else 0", bwrap)
    hidden = [test for test in report["tests"] if test["hidden"]]
    assert [test["message"] for test in hidden] == [
        "A hidden test failed. Hint: what if the alignment is larger than the length?",
        "A hidden test failed.",
    ]
    assert [test["name"] for test in hidden] == ["hidden test", "hidden test"]
    assert all(test["lines"] == [] for test in hidden)


def test_an_answer_that_was_not_handed_in_is_not_attempted(judge, bwrap):
    report = judge(None, bwrap)
    assert (report["points"], report["max_points"], report["outcome"]) == (0, 5, "not attempted")
    assert report["tests"][0]["message"] == "exercise_1.py was not handed in"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("    return 7 if alignment == 1 else 1 / 0", "incorrect"),
        ("    return 1 / 0 if alignment == 1 else 7", "crashed"),
        ("    if alignment == 1:\n        raise NotImplementedError\n    return 7", "incorrect"),
    ],
)
def test_the_page_and_the_learner_s_own_check_speak_of_one_failure(judge, bwrap, course, answer, outcome):
    exercise = course.exercises[0]
    source = f"def size_class_index(length, alignment):\n{answer}\n"
    exercise.checks.write_text(BOTH[0].text)
    exercise.file.write_text(source)
    own, graded = check_exercise(exercise), judge(source, bwrap, BOTH[:1])
    assert own.outcome == graded["outcome"] == outcome
    told = next(test for test in graded["tests"] if test["outcome"] == outcome)
    place = [test["name"] for test in graded["tests"]].index(told["name"])
    assert own.message == own.tests[place].message


def test_two_timeouts_are_enough(judge, bwrap):
    tests = judge(ANSWERS["loops"][0], bwrap, seconds=0.5)["tests"]
    assert [test["outcome"] for test in tests] == ["timed out", "timed out", *["not reached"] * 3]
    assert {test["message"] for test in tests[2:]} == {"not run, as 2 tests before it timed out"}  # hidden ones too


def test_each_test_has_a_process_of_its_own(judge, bwrap):
    answer = """
calls = 0
def size_class_index(length, alignment):
    global calls
    calls += 1
    return calls
"""
    checks = "def test_first(student):\n    assert student.size_class_index(1, 1) == 1\n"
    report = judge(answer, bwrap, (Checks("test_x.py", checks + checks.replace("first", "second"), False),))
    assert report["points"] == 2


def test_a_seed_reaches_the_check(judge, bwrap):
    checks = """
def test_seed(student, edition, rng):
    assert student.size_class_index(edition.seed, edition("knob", 1)) == [77, 5]
    assert rng.random() == __import__("random").Random("77 test_seed").random()
"""
    answer = "def size_class_index(*args):\n    return list(args)"
    report = judge(answer, bwrap, (Checks("test_x.py", checks, False),), seed=77, knobs={"knob": 5})
    assert report["outcome"] == "correct"


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        ("def test_x(student):\n    syntax error", "do not work"),
        ("import nothing_of_this_name\ndef test_x(student): pass", "nothing_of_this_name"),
        ("x = 1", "no tests"),
        ("def test_x(no_such_fixture): pass", "no_such_fixture"),
        ("import pytest\ndef test_x(student):\n    pytest.skip('later')", "later"),
    ],
)
def test_a_broken_check_is_the_graders_fault_and_no_mark(judge, bwrap, checks, reason):
    with pytest.raises(GraderError, match=reason):
        judge(ANSWERS["right"][0], bwrap, (Checks("test_x.py", checks, False),))


def test_a_test_that_asks_nothing_gives_no_points(judge, bwrap):
    checks = "import pytest\ndef test_x(student):\n    with pytest.raises(Exception):\n        student.no_such(1)\n"
    report = judge(ANSWERS["right"][0], bwrap, (Checks("test_x.py", checks, False),))
    assert (report["points"], report["tests"][0]["message"]) == (0, "The test ended before any call was answered.")
