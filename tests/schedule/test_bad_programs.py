"""Programs that raise, never end, or leave the simulation: each is told what is wrong, with thread and step."""

import contextlib
import gc
import subprocess
import sys
import threading

import pytest
from greenlet import greenlet

from refalloc import allocator
from refalloc.schedule import (
    Lock,
    OutsideRunError,
    ProgramError,
    Shared,
    SteppedHeap,
    Stepper,
    explore,
    watch,
)


def pair(thread):
    thread.free(thread.alloc(24))


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(watch, "PATIENCE", 0.5)


def test_an_exception_names_thread_and_step():
    def raises(thread):
        thread.alloc(24)
        raise LookupError("lost it")

    failure = explore([pair, raises]).failure
    assert (failure.verdict.kind, failure.verdict.message) == ("exception", "LookupError: lost it")
    assert failure.verdict.thread == 1
    assert failure.verdict.step == len(failure.schedule)


def test_leaving_the_interpreter_is_an_exception_like_others():
    def leaves(thread):
        raise SystemExit(3)

    assert explore([leaves]).failure.verdict.message == "SystemExit: 3"


def test_a_bad_address_is_told_as_a_fault():
    verdict = explore([lambda thread: thread.heap.load(0)]).failure.verdict
    assert verdict.message == (
        "MemoryFault: load at 0x0: the null address, 0, means none; "
        "access only what map returned and unmap has not taken back"
    )


def test_a_block_that_is_not_live_cannot_be_freed():
    def twice(thread):
        addr = thread.alloc(24)
        thread.free(addr)
        thread.free(addr)

    assert "no live block starts there" in explore([twice]).failure.verdict.message
    assert "free('x'): no live block" in explore([lambda thread: thread.free("x")]).failure.verdict.message


@pytest.mark.parametrize("word", [-1, 1 << 64])
def test_what_is_no_word_cannot_be_stored(word):
    def stores(thread):
        thread.heap.store(thread.alloc(24), word)

    def sets(thread):
        thread.heap.lanes[0].frees[0] = word

    for program in (stores, sets):
        assert "a word is 0 to 2**64 - 1" in explore([program]).failure.verdict.message


def test_a_program_that_allocates_for_ever_is_stopped():
    def forever(thread):
        while True:
            thread.alloc(8)

    verdict = explore([forever]).failure.verdict
    assert (verdict.kind, verdict.message) == ("endless run", "the programs have not ended after 3000 steps")


def test_a_program_that_reads_for_ever_is_stopped():
    def forever(thread):
        while thread.heap.lanes[0].frees[0] == 0:
            pass

    verdict = explore([forever]).failure.verdict
    assert verdict.kind == "endless run"
    assert verdict.message.startswith("T0 reads and writes on and on")


def test_a_loop_that_never_uses_the_heap_is_stopped(impatient):
    def forever(thread):
        thread.alloc(24)
        while True:
            pass

    with pytest.raises(
        ProgramError, match=r"T1 does not come to its next step, after step \d+: line \d+ of .*bad_prog"
    ):
        explore([pair, forever])


def test_a_wait_for_a_real_lock_is_stopped(impatient):
    real = threading.Lock()

    def waits(thread):
        with real:
            thread.alloc(24)

    with pytest.raises(ProgramError, match=r"T\d does not come to its next step"):
        explore([waits, waits])
    real.release() if real.locked() else None


def test_after_a_wait_that_was_ended_a_profiler_works():
    script = """
import sys, threading
from refalloc.schedule import ProgramError, explore, watch
watch.PATIENCE = 0.1
real = threading.Lock()
real.acquire()
def waits(thread):
    thread.alloc(24)
    real.acquire()
try:
    explore([waits])
except ProgramError:
    print("told")
sys.setprofile(lambda frame, event, what: None)
(lambda: None)()
print("went on")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["told", "went on"], done.stderr


def test_a_real_thread_cannot_be_started_inside(monkeypatch):
    def starts(thread):
        thread.alloc(24)
        threading.Thread(target=print, name="intruder").start()

    with pytest.raises(ProgramError, match=r"a simulated thread starts a real one \(intruder\) at step \d+, by T1"):
        explore([pair, starts])
    worker = threading.Thread(target=lambda: None)
    worker.start()
    worker.join()


def test_real_threads_can_be_started_by_a_check():
    def check(run):
        worker = threading.Thread(target=lambda: None)
        worker.start()
        worker.join()

    explore([pair], check).assert_ok()


def test_a_step_by_another_greenlet_is_refused():
    def hands_over(thread):
        greenlet(lambda: thread.alloc(24)).switch()

    with pytest.raises(ProgramError, match="a greenlet other than T0's, at step 1, by T0"):
        explore([hands_over])


def test_a_step_outside_a_run_is_refused():
    heap = SteppedHeap()
    with pytest.raises(OutsideRunError, match="try_lock of lane 0 before any run; a SteppedHeap works only inside"):
        allocator.alloc(heap, 24, 3)
    with pytest.raises(OutsideRunError, match=r"load\(0x40\) before any run"):
        heap.load(0x40)


def test_a_step_after_the_run_is_refused_with_where_it_ended():
    kept = []
    explore([kept.append], invariants=None)
    with pytest.raises(OutsideRunError, match="after the run, which ended at step 1, by T0"):
        kept[0].heap.lanes[0].frees[0]


def test_shared_variables_and_locks_are_refused_outside_a_run():
    with pytest.raises(OutsideRunError, match="read of shared count outside a run"):
        Shared(count=0).count  # noqa: B018 - it is the reading that raises
    with pytest.raises(OutsideRunError, match="acquire of lock outside a run"):
        Lock().acquire()
    with pytest.raises(AttributeError, match=r"no shared variable 'x'; Shared was given \['count'\]"):
        Shared(count=0).x = 1


def test_a_program_that_catches_everything_is_left_behind():
    def stubborn(thread):
        while True:
            with contextlib.suppress(BaseException):
                thread.heap.try_lock(thread.heap.lanes[0])

    stepper = Stepper([stubborn]).step(0).step(0)
    stepper.close()
    explore([pair]).assert_ok()


def test_a_finally_that_unlocks_is_run_in_peace():
    entered = []

    def locks(thread):
        lane = thread.heap.lanes[0]
        thread.heap.try_lock(lane)
        entered.append(1)
        try:
            thread.alloc(24)
        finally:
            entered.append(-1)
            thread.heap.unlock(lane)

    stepper = Stepper([locks]).step(0).step(0)
    stepper.close()
    assert entered == [1, -1]


def test_a_program_that_swallows_exceptions_is_convicted_all_the_same():
    def swallows(thread):
        try:
            thread.heap.unlock(thread.heap.lanes[1])
        except BaseException:
            return "saved"

    def holds(thread):
        thread.heap.try_lock(thread.heap.lanes[1])
        thread.heap.try_lock(thread.heap.lanes[1])
        thread.heap.unlock(thread.heap.lanes[1])

    verdict = explore([holds, swallows]).failure.verdict
    assert verdict.kind == "foreign unlock"


def test_a_generator_is_refused_since_it_would_do_nothing():
    def generates(thread):
        yield thread.alloc(24)

    async def awaits(thread):
        thread.alloc(24)

    for program in (generates, awaits):
        with pytest.raises(TypeError, match="which does nothing when it is called"):
            explore([program])


def test_programs_that_remember_the_run_before_are_told_so():
    made = []

    def makes_once(thread):
        if not made:
            made.append(thread.alloc(24))
            thread.alloc(24)
            raise LookupError
        thread.alloc(24)

    with pytest.raises(ProgramError, match="the programs do not do the same in each run; keep what they share in"):
        explore([makes_once, makes_once])


def test_a_thread_that_has_less_to_do_than_before_is_told_so():
    runs = []

    def less_each_time(thread):
        runs.append(1)
        for _ in range(max(0, 8 - len(runs))):
            thread.alloc(24)

    with pytest.raises(ProgramError, match=r"T\d cannot move at step \d+ as in an earlier run"):
        explore([less_each_time, less_each_time])


def test_what_goes_wrong_while_preparing_is_a_verdict():
    class NoSlots:
        alloc = staticmethod(lambda heap, length, align_log2: 64)

    verdict = explore([pair], text=NoSlots, prepare=lambda thread: thread.alloc(24)).failure.verdict
    assert verdict.message == "alloc(24, 3) returned 0x40, which is not mapped"
    assert verdict.thread is None
    verdict = explore([pair], prepare=lambda thread: 1 // 0).failure.verdict
    assert verdict.message.startswith("in prepare: ZeroDivisionError")


def test_a_thread_that_ends_with_a_lock_is_told_so():
    mutex = Lock("mutex")
    verdict = explore([lambda thread: mutex.acquire()] * 2).failure.verdict
    assert (verdict.kind, verdict.message) == ("lock kept", "T0 ended with lock mutex still locked")
    verdict = explore([lambda thread: thread.heap.try_lock(thread.heap.lanes[1])]).failure.verdict
    assert verdict.message == "T0 ended with lane 1 still locked"


def test_a_program_may_explore_others():
    def explores(thread):
        thread.alloc(24)
        return explore([pair, pair]).run_count

    found = explore([explores, pair], preemptions=1)
    found.assert_ok()


def test_a_stepper_that_is_dropped_ends_its_threads():
    def locks(thread):
        thread.heap.try_lock(thread.heap.lanes[0])
        try:
            thread.alloc(24)
        finally:
            thread.heap.unlock(thread.heap.lanes[0])

    stepper = Stepper([locks]).step(0).step(0)
    del stepper
    gc.collect()
    explore([pair]).assert_ok()


def test_runs_go_on_in_any_real_thread(impatient):
    errors = []

    def forever(thread):
        while True:
            pass

    def work():
        try:
            explore([pair, pair]).assert_ok()
            explore([forever])
        except ProgramError as error:
            errors.append(str(error))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(errors) == 2
    assert all(error.startswith("T0 does not come to its next step") for error in errors)


def test_a_broken_heap_found_by_a_check_is_a_verdict():
    def check(run):
        run.heap.load(64)

    assert explore([pair], check).failure.verdict.message.startswith("load at 0x40: no mapping is there")
