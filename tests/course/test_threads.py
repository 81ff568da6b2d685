"""Learners' functions in simulated threads."""

import pytest

from refalloc.course.threads import ThreadedStudent
from refalloc.student import StudentError

ANSWER = """
def locked(heap, step):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    value = lane.frees[0]
    lane.frees[0] = value + step
    heap.unlock(lane)
    return value

def unlocked(heap, step):
    heap.lanes[0].frees[0] += step

def gives_a_tuple(heap):
    return (1, 2)

def raises(heap):
    return heap.load(8)

def stub(heap):
    raise NotImplementedError

def never_ends(heap):
    while True:
        heap.lanes[0].frees[0]
"""


@pytest.fixture
def student(tmp_path):
    file = tmp_path / "exercise_1.py"
    file.write_text(ANSWER)
    return ThreadedStudent(file)


def failure(student, calls, **options):
    with pytest.raises(StudentError) as caught:
        student.explore(calls, lane_count=1, **options)
    return caught.value


def adds_up(heap, answers):
    total = heap.lanes[0].frees[0]
    return None if total == 3 and sorted([*answers[0], *answers[1]]) in ([0, 1], [0, 2]) else f"3 became {total}"


def test_what_holds_in_every_order_passes(student):
    student.explore([[["locked", 1]], [["locked", 2]]], judge=adds_up, lane_count=1)


def test_what_fails_in_one_order_is_told_with_the_steps(student):
    error = failure(
        student, [[["unlocked", 1]], [["unlocked", 2]]], judge=lambda heap, _: adds_up(heap, [[0], [1]]), atomic=True
    )
    assert error.outcome == "incorrect"
    assert str(error).startswith("T0 with unlocked(heap, 1), T1 with unlocked(heap, 2): wrong answer at step ")
    assert str(error).endswith(("3 became 1", "3 became 2"))
    assert any("writes frees[0] of lane 0" in line for line in error.lines)


def test_an_access_that_no_lock_orders_is_told_without_a_judge(student):
    error = failure(student, [[["unlocked", 1]]] * 2)
    assert str(error).startswith("2 threads, each with unlocked(heap, 1): data race")


def test_an_answer_that_its_thread_cannot_use_is_told(student):
    error = failure(student, [[["locked", 1]]] * 2, use=lambda heap, answer: "expected 0" if answer else None)
    assert str(error) == "2 threads, each with locked(heap, 1): locked gave 1: expected 0"


def test_what_is_no_plain_data_is_told(student):
    error = failure(student, [[["gives_a_tuple"]]])
    assert str(error) == "1 thread with gives_a_tuple(heap): gives_a_tuple gave (1, 2), a tuple; give a list back"


def test_an_exception_is_told_with_the_learners_line_first(student):
    error = failure(student, [[["locked", 1], ["raises"]], [["locked", 1]]])
    assert error.outcome == "crashed"
    assert "MemoryFault: load at 8: no mapping is there" in str(error)
    assert error.lines[0] == "exercise_1.py, line 18, in raises: return heap.load(8)"


def test_a_stub_is_not_attempted(student):
    assert failure(student, [[["stub"]]] * 2).outcome == "not attempted"


def test_a_function_that_never_ends_is_told(student):
    error = failure(student, [[["never_ends"]]])
    assert "endless run at step 1" in str(error)
