import gc
import itertools

import pytest

from refalloc.bench.turns import by_turns, own_code, ratio, spread


def test_a_spread_is_the_median_and_the_quartiles():
    of = spread([5, 1, 3, 2, 4])
    assert (of.low, of.median, of.high) == (2, 3, 4)
    assert str(of) == "3.00 (2.00 to 4.00)"


def test_each_contender_runs_once_a_round_and_once_to_warm_up():
    log, rounds = [], []
    times = by_turns(
        {name: lambda name=name: log.append(name) or float(len(log)) for name in "abc"},
        rounds=4,
        on_round=lambda: rounds.append(len(log)),
    )
    assert rounds == [3, 6, 9, 12, 15]
    by_round = [log[start : start + 3] for start in range(0, 15, 3)]
    assert all(sorted(names) == ["a", "b", "c"] for names in by_round)
    assert len({tuple(names) for names in by_round}) > 1, "the order changes"
    assert {name: len(of) for name, of in times.items()} == {"a": 4, "b": 4, "c": 4}
    assert min(itertools.chain(*times.values())) == 4.0, "what warms up is not told"


def test_a_ratio_is_taken_round_by_round():
    times = {"quick": [1.0, 2.0, 30.0], "slow": [2.0, 4.0, 60.0]}
    assert ratio(times, "slow", "quick").median == 2.0
    assert ratio(times, "slow", "quick").high == 2.0


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_off_meanwhile_and_as_before_afterwards(was_on):
    seen = []
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        by_turns({"a": lambda: seen.append(gc.isenabled()) or 1.0}, rounds=2)
        assert seen == [False] * 3
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_a_copy_with_its_own_code_does_the_same():
    def twice(number):
        return 2 * number

    copy = own_code(twice)
    assert copy(4) == 8
    assert copy.__code__ is not twice.__code__
