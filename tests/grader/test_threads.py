"""Simulated threads that call functions in the worker: the judge chooses who moves, and convicts by its own records."""

import pytest
from grader.test_shared_heap import BIG

from refalloc.grader.job import Checks

CHECKS = """
from refalloc.course.threads import require_safe

def test_bumps_do_not_overlap(student):
    def program(thread):
        return student.bump(thread.heap, thread.heap.lanes[0])
    def check(run):
        if run.verdict is None and len(set(run.results)) != len(run.results):
            return f"two threads got {run.results[0]}"
    require_safe("Two threads, each bumps once", [program, program], check, lane_count=1)
"""
LOCKED = """
def bump(heap, lane):
    while not heap.try_lock(lane):
        pass
    addr = lane.next_addrs[0]
    lane.next_addrs[0] = addr + 64
    heap.unlock(lane)
    return addr
"""
UNLOCKED = """
def bump(heap, lane):
    addr = lane.next_addrs[0]
    lane.next_addrs[0] = addr + 64
    return addr
"""


@pytest.fixture
def threaded(judge, bwrap, nothing_left):
    """threaded(answer) is the one test's result."""

    def run(answer, seconds=4):
        [test] = judge(answer, bwrap, (Checks("test_x.py", CHECKS, False),), limits=BIG, seconds=seconds)["tests"]
        return test

    return run


def test_a_locked_answer_is_correct_under_every_schedule(threaded):
    assert threaded(LOCKED)["outcome"] == "correct"


def test_a_race_is_told_by_the_learners_own_lines(threaded):
    test = threaded(UNLOCKED)
    assert test["outcome"] == "incorrect"
    assert "data race" in test["message"]
    account = "\n".join(test["lines"])
    assert "4 lane.next_addrs[0] = addr + 64" in account
    assert "exercise_1" in account


def test_a_lock_that_is_kept_is_found(threaded):
    assert threaded(LOCKED.replace("    heap.unlock(lane)\n", ""))["outcome"] == "incorrect"


def test_a_call_that_raises_is_told_with_its_line(threaded):
    test = threaded(LOCKED.replace("addr = lane", "heap.load(8)\n    addr = lane"))
    assert test["outcome"] == "crashed"
    assert "MemoryFault" in test["message"]


def test_a_stub_is_not_attempted(threaded):
    assert threaded("def bump(heap, lane):\n    raise NotImplementedError")["outcome"] == "not attempted"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("while True: pass", "timed out"),
        ("import os; os._exit(0)", "crashed"),
        ("import time; time.sleep(100)", "timed out"),
    ],
)
def test_an_answer_that_ends_or_stays_ends_the_search(threaded, body, outcome):
    assert threaded(f"def bump(heap, lane):\n    {body}", seconds=1)["outcome"] == outcome


# Answers that go round the heap that they are given: they may only do what a function on it can do.
LIES = {
    "never_moves": "return 0",
    "unlocks_what_it_has_not": "heap.unlock(lane)\n    return lane.next_addrs[0]",
    "asks_for_no_step": "return heap.ask('results')",
    "asks_for_another_lane": "return heap.ask('get', 'frees', 7, 0)",
    "asks_with_other_things": "return heap.ask('load', 'text')",
    "asks_for_an_alignment_as_long_as_all_memory": "return heap.map(8, 1 << 40)",
    "asks_for_a_place_past_all_places": "return heap.ask('get', 'frees', 0, 10**300)",
    "asks_for_steps_that_are_none": "heap._deferred = [5, ['load']]\n    return heap.ask('thread_index')",
    "uses_what_it_was_told_without_a_lock": (
        "heap.try_lock(lane)\n    heap.unlock(lane)\n    heap.told_lane = lane\n    lane.frees.told = {}\n"
        "    lane.next_addrs[0] = lane.next_addrs[0] + 64\n    return lane.next_addrs[0]"
    ),
    "asks_for_private_members": "return heap.ask('__init__', 5)",
    "other_greenlet": "import greenlet\n    greenlet.getcurrent().parent.switch(['value', 5])\n    return 5",
    "value_of_another_kind": "import greenlet\n    greenlet.getcurrent().parent.switch(['lane', 'x'])\n    return 5",
}


@pytest.mark.parametrize("name", LIES)
def test_an_answer_can_do_nothing_but_steps(threaded, name):
    test = threaded(f"def bump(heap, lane):\n    {LIES[name]}")
    assert test["points"] == 0, test
    assert test["outcome"] in ("incorrect", "crashed")


def test_the_cage_without_namespaces_has_threads_too(judge, landlock):
    report = judge(LOCKED, landlock, (Checks("test_x.py", CHECKS, False),), limits=BIG, seconds=4)
    assert report["outcome"] == "correct", report["tests"]


SAME_AS_HERE = """
from types import SimpleNamespace
from refalloc.schedule import cost, explore

def two_blocks(thread):
    return [thread.alloc(64, 3), thread.alloc(1000, 3)]

def frees_both(thread):
    for addr in two_blocks(thread):
        thread.free(addr)

def frees_one(thread):
    thread.free(thread.prepared[0])

def tried(text):
    found = explore([frees_both, frees_one], prepare=two_blocks, text=text, lane_count=2)
    failure = found.failure and (found.failure.schedule, found.failure.verdict.kind)
    return failure, found.run_count, found.is_exhaustive

def test_schedules_and_steps(student):
    text = SimpleNamespace(alloc=student.alloc, free=student.free)
    assert tried(text) == tried(here)
    rows = cost.first_events("gcc", 200)
    assert cost.steps(text, rows) == cost.steps(here, rows)
"""


@pytest.mark.parametrize("lane", ["", "lane.frees[0] = lane.frees[0]\n    "], ids=["right", "racy"])
def test_schedules_and_steps_are_those_of_a_text_in_the_same_process(judge, bwrap, lane):
    answer = "from refalloc.allocator import alloc, free as free_right\n"
    answer += f"def free(heap, *block):\n    lane = heap.lanes[0]\n    {lane}return free_right(heap, *block)\n"
    checks = f"{SAME_AS_HERE}\nhere = SimpleNamespace()\nexec({answer!r}, here.__dict__)\n"
    report = judge(answer, bwrap, (Checks("test_x.py", checks, False),), limits=BIG, seconds=10)
    assert report["outcome"] == "correct", report["tests"]


def test_fields_of_a_lane_are_those_of_a_list(threaded):
    reads = "    assert len(list(lane.frees)) == len(lane.frees) and lane.frees[-1] == 0\n"
    for lock in ("", "    assert heap.try_lock(lane)\n"):
        writes = "    lane.frees[1] = 8\n    assert lane.frees[1] == 8\n    return 1\n"
        test = threaded(f"def bump(heap, lane):\n{lock}{reads}{writes}")
        assert "Assertion" not in test["message"], test
        assert ("data race" in test["message"]) == (lock == ""), test
