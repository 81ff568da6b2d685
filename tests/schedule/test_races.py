"""The race detector against an oracle that builds the whole happens-before relation, on random traces."""

import random

import pytest

from refalloc.schedule.races import RaceDetector


def random_trace(seed):
    """Steps (thread, what, where) of three threads on two places and two locks, which are taken and given rightly."""
    random_ = random.Random(seed)
    held = {}  # lock -> thread
    trace = []
    for _ in range(random_.randrange(5, 40)):
        thread = random_.randrange(3)
        what = random_.choice(["read", "write", "read", "acquire", "acquire", "release", "release"])
        where = random_.choice("ab") if what in ("read", "write") else random_.choice("LM")
        if what == "acquire":
            if where in held:
                continue
            held[where] = thread
        elif what == "release":
            if held.get(where) != thread:
                continue
            del held[where]
        trace.append((thread, what, where))
    return trace


def first_race_by_oracle(trace):
    """The index of the first step that races with an earlier one, or None."""
    before = []  # for each step, the set of steps that happen before it
    for index, (thread, what, where) in enumerate(trace):
        seen = set()
        for earlier, (other, other_what, other_where) in enumerate(trace[:index]):
            if other == thread or (what == "acquire" and other_what == "release" and other_where == where):
                seen |= {earlier} | before[earlier]
        before.append(seen)
        if what in ("read", "write"):
            for earlier, (other, other_what, other_where) in enumerate(trace[:index]):
                if other != thread and other_where == where and "write" in (what, other_what) and earlier not in seen:
                    return index
    return None


def first_race_by_clocks(trace):
    races = RaceDetector(3)
    for index, (thread, what, where) in enumerate(trace):
        other = getattr(races, what)(where, thread)
        if other is not None:
            assert other != thread
            return index
    return None


def test_clocks_and_oracle_agree_on_the_first_race():
    found = [first_race_by_oracle(random_trace(seed)) for seed in range(500)]
    assert found == [first_race_by_clocks(random_trace(seed)) for seed in range(500)]
    assert None in found
    assert len(set(found)) > 10


@pytest.mark.parametrize("first", ["read", "write"])
def test_unmapping_a_word_is_a_write_of_it(first):
    races = RaceDetector(2)
    getattr(races, first)(64, 0)
    races.write(4096, 0)
    assert races.forget(0, 4096, 1) == (64, 0)
    assert races.forget(8192, 9000, 1) is None


def test_an_unmapped_word_that_is_ordered_is_forgotten():
    races = RaceDetector(2)
    races.write(64, 0)
    races.release("L", 0)
    races.acquire("L", 1)
    assert races.forget(0, 4096, 1) is None
    assert races.write(64, 0) is None
