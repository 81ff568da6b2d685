from types import SimpleNamespace

import pytest

from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.threads import require_safe
from refalloc.student import Student, StudentError

ANSWER = """
def bump(heap, lane):
    while not heap.try_lock(lane):
        pass
    addr = lane.next_addrs[0]
    lane.next_addrs[0] = addr + 64
    heap.unlock(lane)
    return addr

def bump_unlocked(heap, lane):
    addr = lane.next_addrs[0]
    lane.next_addrs[0] = addr + 64
    return addr

def bump_and_keep(heap, lane):
    heap.try_lock(lane)

def stray(heap, lane):
    return heap.load(lane.next_addrs[0] - 64)

def todo(heap, lane):
    raise NotImplementedError

seen = []

def remembers(heap, lane):
    seen.append(0)
    return 0 if len(seen) != 3 else heap.load(8)

def alloc(heap, length, align_log2):
    return heap.map(65536, 16)

def starts_a_thread(heap, lane):
    import threading
    threading.Thread(target=print).start()
"""


@pytest.fixture
def student(tmp_path):
    file = tmp_path / "exercise_1.py"
    file.write_text(ANSWER)
    return Student(file)


def programs(function, count=2):
    return [lambda thread: function(thread.heap, thread.heap.lanes[0])] * count


def slab_first(thread):
    thread.heap.lanes[0].next_addrs[0] = thread.heap.map(65536, 16)


def failure(error, *args, **named):
    with pytest.raises(error) as caught:
        require_safe("Two threads, each once", *args, **named)
    return caught.value


def test_a_function_that_locks_is_safe(student):
    check = lambda run: len(set(run.results)) == 3  # noqa: E731
    require_safe("Three", programs(student.bump, 3), check, prepare=slab_first, lane_count=1)


def test_a_race_is_told_with_its_trap_and_its_account(student, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")  # a row of the account on a line
    traps = {"No.": "deadlock", "Is there a lock?": "data race"}
    error = failure(WrongAnswerError, programs(student.bump_unlocked), traps=traps, prepare=slab_first, lane_count=1)
    assert str(error) == (
        "Two threads, each once: data race at step 2: T1 reads next_addrs[0] of lane 0, which T0 writes; "
        "no lock orders the two. Is there a lock?"
    )
    assert any(line.endswith("lane.next_addrs[0] = addr + 64") and "*" in line for line in error.lines)


def test_a_wrong_result_is_told(student):
    error = failure(WrongAnswerError, programs(student.bump), lambda run: "the slot is the same", lane_count=1)
    assert str(error).startswith("Two threads, each once: wrong answer at step 6: the slot is the same")


def test_what_a_program_requires_is_told(student):
    def program(thread):
        require("bump gave", student.bump(thread.heap, thread.heap.lanes[0]), 1)

    assert str(failure(WrongAnswerError, [program])) == "Two threads, each once: bump gave 0; expected 1."


def test_an_exception_of_the_learners_is_theirs_and_its_addresses_are_named(student):
    error = failure(StudentError, programs(student.stray), prepare=slab_first)
    assert error.outcome == "crashed"
    assert str(error).startswith("stray(heap=heap, lane=<lane 0, free>) raised MemoryFault: load at ")
    assert "exercise_1.py, line 19, in stray: return heap.load(lane.next_addrs[0] - 64)" in error.lines


def test_a_stub_is_not_attempted(student):
    error = failure(StudentError, programs(student.todo))
    assert (error.outcome, str(error), error.lines) == ("not attempted", "todo still raises NotImplementedError", [])


def test_blocks_of_the_learners_alloc_are_watched(student):
    def program(thread):
        thread.free(thread.alloc(65537))

    error = failure(WrongAnswerError, [program], text=SimpleNamespace(alloc=student.alloc))
    assert "wrong answer at step 1: alloc(65537, 3) returned A, of which the mapping ends at A+65536" in str(error)


def test_answers_that_cannot_be_simulated_are_told_why(student):
    assert "do not do the same in each run" in str(failure(WrongAnswerError, programs(student.remembers)))
    assert "a simulated thread starts a real one" in str(failure(StudentError, programs(student.starts_a_thread)))


def test_a_lock_that_is_kept_is_told(student):
    error = failure(WrongAnswerError, programs(student.bump_and_keep), traps={"Unlock.": "still locked"})
    assert str(error).endswith("T0 ended with lane 0 still locked. Unlock.")
