"""Moving threads by hand: forward, back, and along branches."""

import linecache

import pytest

from refalloc.schedule import ReplayError, Stepper, explore, replay
from refalloc.trace import Kind


def pair(thread):
    thread.free(thread.alloc(24))


def to_the_end(stepper):
    while stepper.choices:
        stepper.step(stepper.choices[-1])
    return stepper


def test_steps_are_taken_by_who_is_chosen():
    stepper = Stepper([pair, pair]).step(0).step(0).step(1).step(1)
    assert stepper.schedule == [0, 0, 1, 1]
    tries = stepper.recording.events[stepper.recording.events["kind"] == Kind.TRY_LOCK]
    assert tries[["thread", "lane", "value"]].tolist() == [(0, 0, 1), (1, 0, 0)]
    assert stepper.state.lanes[0].locked_by == 0
    assert stepper.next_move(0) == "unlocks lane 0"
    assert stepper.next_move(1) == "tries lane 1"


def test_each_thread_stands_at_the_line_that_moves_next():
    def source(thread):
        place = stepper.source_place(thread)
        return place and linecache.getline(*place).strip()

    stepper = Stepper([pair, pair])
    assert [source(0), source(1)] == [None, None]
    stepper.step(0).step(1)
    assert "heap.try_lock(" in source(0) == source(1)
    stepper.step(0)
    assert source(0) == "heap.unlock(lane)"
    to_the_end(stepper)
    assert [source(0), source(1)] == [None, None]


def test_going_back_undoes_steps():
    stepper = Stepper([pair, pair]).step(0).step(0)
    before = stepper.state
    stepper.step(1).step(1).back(2)
    assert stepper.schedule == [0, 0]
    assert stepper.state == before
    assert stepper.back(2).schedule == []
    with pytest.raises(ValueError, match=r"back\(1\): 0 steps have been taken"):
        stepper.back(1)


def test_branches_go_their_own_ways():
    stepper = Stepper([pair, pair]).step(0).step(0)
    branch = stepper.branch()
    stepper.step(0)
    branch.step(1)
    assert (stepper.schedule, branch.schedule) == ([0, 0, 0], [0, 0, 1])
    assert to_the_end(stepper).verdict is None
    assert to_the_end(branch).verdict is None
    assert "all threads have ended, and nothing went wrong" in repr(branch)


def test_a_schedule_from_the_stepper_replays():
    stepper = to_the_end(Stepper([pair, pair]))
    again = replay(stepper.schedule, [pair, pair])
    assert again.schedule == stepper.schedule
    assert (again.recording.events == stepper.recording.events).all()
    assert again.results == stepper.results == [None, None]


def test_a_schedule_that_explore_found_can_be_walked_through():
    def unlocked(thread):
        thread.heap.lanes[0].frees[2] = 0

    failure = explore([unlocked, unlocked]).failure
    stepper = Stepper([unlocked, unlocked], schedule=failure.schedule[:-1])
    assert stepper.verdict is None
    stepper.step(failure.schedule[-1])
    assert stepper.verdict == failure.verdict
    assert stepper.choices == []
    with pytest.raises(ValueError, match="T0 cannot move: the run is over"):
        stepper.step(0)


def test_a_thread_that_must_wait_cannot_be_moved():
    def waits(thread):
        lane = thread.heap.lanes[0]
        while not thread.heap.try_lock(lane):
            pass
        thread.heap.unlock(lane)

    stepper = Stepper([waits, waits]).step(0).step(0).step(1).step(1).step(1)
    assert stepper.choices == [0]
    with pytest.raises(ValueError, match="T1 cannot move: T0 can"):
        stepper.step(1)
    assert "T1 next tries lane 0, but cannot move" in repr(stepper)
    assert stepper.step(0).choices == [1]
    assert to_the_end(stepper).verdict is None


def test_a_schedule_that_does_not_fit_is_refused():
    with pytest.raises(ReplayError, match="step 1 of the schedule is T2, which cannot move there; T0 and T1 can"):
        Stepper([pair, pair], schedule=[2])
    with pytest.raises(ReplayError, match="step 3"):
        replay([0, 0, 5], [pair, pair])


def test_the_check_is_held_against_the_end():
    stepper = to_the_end(Stepper([pair], lambda run: "never good"))
    assert stepper.verdict.message == "never good"
