"""What explore finds, how small, and how its search goes."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from refalloc import allocator
from refalloc.check import InvariantError
from refalloc.schedule import Atomic, Lock, ScheduleFailure, Shared, explore, replay


def churn(thread):
    first = thread.alloc(24)
    thread.alloc(24)
    thread.free(first)
    thread.alloc(24)


def pair(thread):
    thread.free(thread.alloc(24))


def lane_user(rounds):
    """A program that takes and gives back the lane of its own number, and so meets nobody."""

    def program(thread):
        lane = thread.heap.lanes[thread.number]
        for _ in range(rounds):
            assert thread.heap.try_lock(lane)
            thread.heap.unlock(lane)

    return program


class Counter:
    """Two threads that add 1 to a shared count."""

    def __init__(self):
        self.the = Shared(count=0)

    def program(self, thread):
        self.the.count = self.the.count + 1

    def check(self, run):
        return None if self.the.count == 2 else f"count is {self.the.count}, not 2"


def test_the_reference_holds_for_all_schedules():
    found = explore([churn, churn])
    assert found.failure is None
    assert found.is_exhaustive
    assert repr(found) == f"no failure in all schedules with at most 2 preemptions ({found.run_count} runs)"
    found.assert_ok()


def test_the_plain_search_counts_as_many_schedules_as_there_are():
    # Two threads of 1 + 2 * 2 + 0 steps each: as many orders as ways to lay one sequence into the other.
    steps = 1 + 2 * 2
    found = explore([lane_user(2), lane_user(2)], preemptions=2 * steps, reduces=False)
    assert found.run_count == math.comb(2 * steps, steps)


@pytest.mark.parametrize("bound", [0, 1, 2])
def test_the_plain_search_keeps_the_bound_on_preemptions(bound):
    # With p preemptions two threads of n steps alternate in p + 2 runs of steps at most; counted by enumeration.
    steps = 1 + 2 * 2

    def count(left, current, preemptions):
        if preemptions > bound:
            return 0
        if not any(left):
            return 1
        total = 0
        for thread in (0, 1):
            if left[thread]:
                cost = current is not None and thread != current and left[current] > 0
                after = [n - (number == thread) for number, n in enumerate(left)]
                total += count(after, thread, preemptions + cost)
        return total

    found = explore([lane_user(2), lane_user(2)], preemptions=bound, reduces=False)
    assert found.run_count == count([steps, steps], None, 0)


def test_steps_that_meet_nobody_are_not_tried_in_every_order():
    programs = [lane_user(4), lane_user(4)]
    reduced, plain = (explore(programs, preemptions=4, reduces=reduces) for reduces in (True, False))
    assert reduced.run_count * 4 < plain.run_count


def test_an_unlocked_update_is_a_race_in_any_schedule():
    counter = Counter()
    for schedule in ([0, 1], [1, 0]):
        verdict = replay(schedule, [counter.program] * 2).verdict
        assert verdict.kind == "data race"
        assert "shared count" in verdict.message


def test_with_atomic_steps_the_unlocked_update_is_lost():
    counter = Counter()
    found = explore([counter.program] * 2, counter.check, atomic=True)
    assert found.failure.verdict.kind == "wrong answer"
    assert found.failure.verdict.message == "count is 1, not 2"
    assert found.failure.preemptions == 1


def test_a_lock_saves_the_update_and_orders_it():
    the, mutex = Shared(count=0), Lock("mutex")

    def program(thread):
        with mutex:
            the.count = the.count + 1

    explore([program] * 3, lambda run: the.count == 3).assert_ok()


def test_a_swap_in_a_loop_saves_the_update():
    the = Atomic(count=0)

    def program(thread):
        while True:
            count = the.count
            if the.compare_swap("count", count, count + 1):
                return

    explore([program] * 2, lambda run: the.count == 2, preemptions=3).assert_ok()


def test_what_is_written_before_an_atomic_write_is_ordered_before_what_reads_it():
    data, ready = Shared(value=0), Atomic(flag=0)

    def producer(thread):
        data.value = 42
        ready.flag = 1

    def consumer(thread):
        while ready.flag == 0:
            pass
        return data.value

    explore([producer, consumer], lambda run: run.results[1] == 42).assert_ok()


def test_a_flag_that_is_never_set_is_a_livelock():
    ready = Atomic(flag=0)

    def consumer(thread):
        while ready.flag == 0:
            pass

    verdict = explore([consumer, pair]).failure.verdict
    assert verdict.kind == "livelock"
    assert verdict.message == "T0 looks at shared flag again and again"


def test_the_smallest_schedule_is_told():
    the = Atomic(count=0)

    def program(thread):
        for _ in range(4):
            the.count = the.count + 1

    # One preemption between a read and its write loses an update; the shortest such run is not the first that fails.
    found = explore([program] * 2, lambda run: the.count == 8, preemptions=3)
    assert found.failure.preemptions == 1
    assert len(found.failure.schedule) == min(
        len(explore([program] * 2, lambda run: the.count == 8, preemptions=1, reduces=reduces).failure.schedule)
        for reduces in (True, False)
    )


def test_a_check_convicts_by_assertion_by_false_and_by_sentence():
    def asserts(run):
        assert run.results == [1], "not one"

    for check, message in (
        (asserts, "not one"),
        (lambda run: False, "check returned False"),
        (lambda run: "bad", "bad"),
    ):
        verdict = explore([lambda thread: 2], check).failure.verdict
        assert (verdict.kind, verdict.message.splitlines()[0]) == ("wrong answer", message)


def test_what_a_check_raises_by_mistake_is_raised():
    def check(run):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        explore([pair], check)


def test_results_and_prepared_values_are_handed_on():
    def program(thread):
        return thread.prepared + thread.number

    explore([program] * 2, lambda run: run.results == [7, 8], prepare=lambda thread: 7).assert_ok()


def test_a_broken_heap_is_convicted_when_all_have_ended():
    def invariants(heap, live):
        if len(live) == 2:
            raise InvariantError("two are too many")

    def program(thread):
        thread.alloc(24)

    verdict = explore([program] * 2, invariants=invariants).failure.verdict
    assert (verdict.kind, verdict.message) == ("broken invariant", "two are too many")


def test_lanes_are_as_many_as_asked_for():
    explore([pair] * 2, lambda run: len(run.heap.lanes) == 5, lane_count=5).assert_ok()


def test_three_threads_on_two_lanes_may_spin_and_still_get_on():
    found = explore([pair] * 3, lane_count=2)
    found.assert_ok()
    assert found.is_exhaustive


def test_the_reference_survives_refused_pages():
    def program(thread):
        return [thread.alloc(24), thread.alloc(5000)]

    found = explore([program] * 2, lambda run: any(0 in blocks for blocks in run.results), map_limit=1)
    found.assert_ok()
    assert found.is_exhaustive


def test_a_limit_stops_the_search_and_is_owned_up_to():
    found = explore([churn, churn], limit=10)
    assert (found.run_count, found.is_exhaustive) == (10, False)
    assert "in the schedules that were tried" in repr(found)


def three_deep():
    """Programs that fail only if three switches come at the right steps."""
    the = Atomic(turn=0, failed=0)

    def even(thread):
        if the.turn == 1:
            the.turn = 2
        the.turn  # noqa: B018 - a step more
        if the.turn == 3:
            the.failed = 1

    def odd(thread):
        if the.turn == 0:
            the.turn = 1
        if the.turn == 2:
            the.turn = 3

    return [even, odd], lambda run: the.failed == 0


def test_random_schedules_reach_beyond_the_bound():
    programs, check = three_deep()
    assert explore(programs, check, preemptions=1).failure is None
    found = explore(programs, check, preemptions=1, seed=1, limit=3000)
    assert found.failure.verdict.kind == "wrong answer"
    assert found.random_count > 0
    assert found.failure.preemptions == explore(programs, check, preemptions=4).failure.preemptions


def test_a_seed_gives_the_same_schedule_again():
    programs, check = three_deep()
    first, again = (explore(programs, check, preemptions=0, seed=5, limit=3000).failure for _ in range(2))
    assert first.schedule == again.schedule


def test_random_search_without_a_failure_uses_up_its_limit():
    found = explore([churn, churn], preemptions=1, seed=3, limit=200)
    assert found.failure is None
    assert found.run_count == 200
    assert f"{found.random_count} of them random" in repr(found)


def test_a_failure_is_an_assertion_error_with_the_account():
    counter = Counter()
    with pytest.raises(ScheduleFailure, match="data race at step 2: T1 reads shared count, which T0 writes"):
        explore([counter.program] * 2).assert_ok()


def test_a_run_is_the_same_in_another_process():
    script = (
        "import corpus; from refalloc.schedule import explore\n"
        "wrong = corpus.WRONG[0]\n"
        "failure = explore(text=wrong.module(), **corpus.SCENARIOS[wrong.scenario]).failure\n"
        "print(failure, failure.recording.events.tobytes().hex())"
    )
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert "data race" in outputs.pop()


def test_programs_and_bounds_that_make_no_sense_are_refused():
    with pytest.raises(TypeError, match="expected a list of functions"):
        explore([])
    with pytest.raises(TypeError, match="expected a list of functions"):
        explore([3])
    with pytest.raises(ValueError, match="preemptions is -1; expected 0 or more"):
        explore([pair], preemptions=-1)
    with pytest.raises(ValueError, match="limit is 0; expected 1 or more"):
        explore([pair], limit=0)
    with pytest.raises(ValueError, match="lane_count is 0"):
        explore([pair], lane_count=0)


def test_ten_lines_lead_from_a_buggy_free_to_its_schedule():
    class Buggy:
        alloc = staticmethod(allocator.alloc)
        size_class_index = staticmethod(allocator.size_class_index)

        @staticmethod
        def free(heap, addr, length, align_log2):
            lane = heap.lanes[heap.thread_index]
            size_class = allocator.size_class_index(length, align_log2)
            heap.store(addr, lane.frees[size_class])
            lane.frees[size_class] = addr

    account = repr(explore([pair, pair], text=Buggy))
    assert account.startswith("data race at step ")
    assert "writes frees[2] of lane " in account
    assert "lane.frees[size_class] = addr" in account
