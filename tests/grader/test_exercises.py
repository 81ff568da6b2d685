"""The judge and a learner's own check agree on every exercise of the course."""

from pathlib import Path

import pytest

from refalloc.course.index import load_course
from refalloc.grader.run import plan
from refalloc.grader.submissions import Submission

COURSE = load_course(Path(__file__).parents[2])


def report_of(host, exercise, source, level):
    submission = Submission("ada")
    submission.content.files[Path(exercise.stub)] = source
    [task] = plan([submission], [exercise], level)
    return host.grade(task.job)


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_the_solution_gets_all_points_and_a_wrong_answer_does_not(host, bwrap, exercise):
    report = report_of(host, exercise, exercise.solution.read_bytes(), bwrap)
    assert report["outcome"] == "correct", report["tests"]
    assert report["points"] == report["max_points"] == exercise.points
    wrong = sorted(exercise.solution.parent.glob("wrong_*.py"))[0]
    report = report_of(host, exercise, wrong.read_bytes(), bwrap)
    assert report["points"] < exercise.points, wrong


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_an_answer_that_does_nothing_and_gives_an_absurd_number_gets_no_point(host, bwrap, exercise):
    absurd = "".join(f"def {name}(*args):\n    return 10**18\n" for name in exercise.functions)
    report = report_of(host, exercise, absurd.encode(), bwrap)
    assert [test["name"] for test in report["tests"] if test["points"]] == []
