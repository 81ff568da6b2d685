"""The proof of every exercise: its stub is not attempted, right answers pass, wrong ones fail with their message.

Each answer is a test of its own, and a process of its own. All that were chosen are started at the first of these
tests, one on each CPU at a time, in the order of the tests; each test waits for its own.
"""

import ast
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from refalloc.course.index import HINT_COUNT, load_course
from refalloc.course.runner import check_exercise
from refalloc.course.stubs import stub_text

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT)
EXERCISES = pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
FAILS_WITH = "# fails with: "


STUBS = ROOT / "refalloc" / "data" / "stubs"


def answers(files_of):
    """Every answer of a kind, as parameters of the test: (exercise, file)."""
    found = [
        pytest.param(exercise, file, id=f"{exercise.id}-{file.stem}")
        for exercise in COURSE.exercises
        for file in files_of(exercise)
    ]
    return pytest.mark.parametrize(("exercise", "file"), found)


def named(pattern):
    return answers(lambda exercise: sorted(exercise.solution.parent.glob(pattern)))


@pytest.fixture(scope="module")
def reports(request):
    """{(id of an exercise, file): future of a CheckReport} of all answers that the chosen tests ask for."""
    own = [item for item in request.session.items if item.path == request.path]
    chosen = [item.callspec.params for item in own if "report" in item.fixturenames]
    pool = ThreadPoolExecutor(os.cpu_count())  # the work is done by processes: threads only wait for them
    yield {(of["exercise"].id, of["file"]): pool.submit(check_exercise, of["exercise"], of["file"]) for of in chosen}
    pool.shutdown(cancel_futures=True)


@pytest.fixture
def report(reports, exercise, file):
    return reports[exercise.id, file].result()


@answers(lambda exercise: [STUBS / exercise.stub])
def test_the_stub_is_not_attempted(exercise, file, report):
    assert (report.outcome, report.points) == ("not attempted", 0)
    assert report.tests
    assert all(test.outcome == "not attempted" for test in report.tests)


@named("solution.py")
def test_the_solution_passes_with_all_points(exercise, file, report):
    assert report.outcome == "correct", report
    assert report.points == exercise.points == sum(test.max_points for test in report.tests)


@named("right_*.py")
def test_answers_unlike_the_solution_pass(exercise, file, report):
    assert report.outcome == "correct"


@named("wrong_*.py")
def test_each_wrong_answer_fails_with_the_message_meant_for_it(exercise, file, report):
    first_line = file.read_text().splitlines()[0]
    assert first_line.startswith(FAILS_WITH)
    assert report.outcome in ("incorrect", "crashed")
    assert report.points < exercise.points
    assert report.message == first_line.removeprefix(FAILS_WITH)
    if " at step " in report.message:
        assert any(line.startswith("schedule [") for line in report.lines), "a failing order of steps is shown"


def test_the_course_has_the_answers_that_it_promises():
    assert len(COURSE.exercises) == 40
    assert sum(exercise.points for exercise in COURSE.exercises) == 100
    for pattern, least in (("wrong_*.py", 150), ("right_*.py", 40)):
        assert sum(len(list(exercise.solution.parent.glob(pattern))) for exercise in COURSE.exercises) >= least


@EXERCISES
def test_there_are_wrong_answers_hints_and_an_explanation(exercise):
    assert len(list(exercise.solution.parent.glob("wrong_*.py"))) >= 3
    assert len(exercise.hints) == HINT_COUNT
    assert "?" in exercise.hints[0], "the first asks"
    assert "`" in exercise.hints[2], "the third is nearly code"
    explanation = ast.get_docstring(ast.parse(exercise.solution.read_text()))
    assert explanation is not None
    assert explanation.startswith(f"Exercise {exercise.id}, explained.")


@EXERCISES
def test_stub_and_solution_have_the_same_functions(exercise):
    stub, solution = (functions(text) for text in (stub_text(exercise), exercise.solution.read_text()))
    assert list(stub) == list(exercise.functions)
    assert stub.items() <= solution.items()


@EXERCISES
def test_the_stub_says_where_to_edit_and_how_to_check(exercise):
    text = stub_text(exercise)
    assert text.startswith(f'"""Exercise {exercise.id}: ')
    assert f'check("{exercise.id}")' in text
    assert f"refalloc check {exercise.id}" in text


@EXERCISES
def test_the_exercise_is_committed_as_its_stub(exercise):
    learner_works_here = (ROOT / ".refalloc").exists() and not os.environ.get("CI")
    assert learner_works_here or exercise.file.read_text() == stub_text(exercise)


def test_nothing_but_exercises_and_their_checks_lies_in_the_folder_of_learners():
    expected = {path for exercise in COURSE.exercises for path in (exercise.file, exercise.checks)}
    found = {path for path in (ROOT / "exercises").rglob("*.*") if path.suffix != ".pyc" and ".kept-" not in path.name}
    assert found == expected | {ROOT / "exercises" / "index.toml"}


def functions(text):
    """{name: parameters} of the functions of a file's top level."""
    tree = ast.parse(text)
    return {node.name: ast.unparse(node.args) for node in tree.body if isinstance(node, ast.FunctionDef)}
