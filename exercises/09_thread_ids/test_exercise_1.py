"""Checks of exercise 09.1: simulated threads in every order, and one thread alone."""

import pytest

from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.threads import require_safe
from refalloc.schedule import Atomic

TRAPS = {
    "A lane that is taken is not waited for: the next one may be free.": "waits for",
    "That lane is not locked by you: when all are taken, the search goes on round the table.": "no lock orders",
    "Is a lane taken and not given back, or tried again when it was yours?": "still locked",
}


def tables(edition):
    """(lanes, stride)."""
    return edition("tables", [(4, 1), (4, 3), (5, 2), (8, 3), (7, 5)])


def numbers(lanes):
    """Lanes as words."""
    return f"lane{'s' * (len(lanes) > 1)} {' and '.join(map(str, lanes))}" if lanes else "no lane"


def prove_no_wait(student, lane_count, stride):
    has = Atomic(lane=0)  # 1: T0 has one; 2: T1 has had one

    def holds_lane_0(thread):
        assert thread.heap.try_lock(thread.heap.lanes[0])  # it is the first
        has.lane = 1
        while has.lane == 1:
            pass
        thread.heap.unlock(thread.heap.lanes[0])

    def takes(thread):
        while has.lane == 0:
            pass
        index = student.take_lane(thread.heap, stride)
        require("take_lane(heap, stride) gave", index, stride % lane_count)
        thread.heap.unlock(thread.heap.lanes[index])
        has.lane = 2

    story = f"T0 holds lane 0 of {lane_count} until T1 has got one, stride {stride}"
    require_safe(story, [holds_lane_0, takes], None, TRAPS, lane_count=lane_count)


@pytest.mark.points(1)
def test_nobody_waits_for_a_lane_while_another_is_free(student, edition):
    for lane_count, stride in tables(edition):
        prove_no_wait(student, lane_count, stride)


@pytest.mark.points(1)
def test_which_lane_is_taken_and_kept(student, edition):
    for lane_count, stride in tables(edition):
        for own in range(lane_count):
            order = [(own + step * stride) % lane_count for step in range(lane_count)]
            for taken_count in range(lane_count):
                prove_choice(student, lane_count, stride, own, order[:taken_count], order[taken_count])


def prove_choice(student, lane_count, stride, own, taken, want):
    call = f"take_lane(heap, {stride})"
    lane_by_lane = next(lane for lane in [*range(own, lane_count), *range(own)] if lane not in taken)
    lane_traps = {
        "The table is gone through by steps of `stride`.": lane_by_lane,
        "The thread's own lane, which is free, comes first.": (own + stride) % lane_count,
        "The search starts at the thread's index.": 0,
    }
    index_traps = {"The next time it starts at the lane that it got.": own}

    def lock_some(thread):
        for index in taken:
            thread.heap.try_lock(thread.heap.lanes[index])

    def takes(thread):
        heap = thread.heap
        heap.set_thread_index(own)
        got = student.take_lane(heap, stride)
        require(f"{call} gave", got, want, traps=lane_traps)
        require(f"{call} gave {got}, and the thread index is then", heap.thread_index, want, traps=index_traps)
        locked = [lane.index for lane in heap.lanes if not heap.try_lock(lane)]
        if locked != sorted([*taken, want]):
            raise WrongAnswerError(f"{call} gave {got}, and locked {numbers(sorted({*locked} - {*taken}))}")
        for index in {*range(lane_count)} - {*taken}:
            heap.unlock(heap.lanes[index])

    story = f"{lane_count} lanes, thread index {own}, {numbers(taken)} taken"
    require_safe(story, [takes], None, TRAPS, lock_some, lane_count=lane_count)


@pytest.mark.points(1)
def test_threads_work_behind_the_locks_that_they_got(student):
    def uses(thread):
        given = []
        for _ in range(2):
            index = student.take_lane(thread.heap, 1)
            if type(index) is not int or not 0 <= index < len(thread.heap.lanes):
                raise WrongAnswerError(f"take_lane(heap, 1) gave {index!r}; expected the number of a lane.")
            lane = thread.heap.lanes[index]
            lane.frees[0] += 1
            require("The thread index after take_lane is", thread.heap.thread_index, index)
            thread.heap.unlock(lane)
            given.append(index)
        return given

    def all_counted(run):
        counted = sum(lane.frees[0] for lane in run.heap.lanes)
        wanted = sum(map(len, run.results))
        return counted == wanted or f"{wanted} lanes were taken, and {counted} uses of them counted"

    for thread_count, lane_count in ((2, 1), (2, 2), (3, 2)):
        story = f"{thread_count} threads that take a lane twice, {lane_count} lane{'s' * (lane_count > 1)}"
        bound = {"preemptions": 1} if thread_count > 2 else {}
        require_safe(story, [uses] * thread_count, all_counted, TRAPS, lane_count=lane_count, **bound)
