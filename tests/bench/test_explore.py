"""The benchmark of the explorer: that it measures what it says. Not how fast anything is."""

import json
import math
import threading

import pytest
from click.testing import CliRunner

from refalloc import allocator
from refalloc.bench import explore as bench
from refalloc.bench.frontrun_peer import ThreadedHeap, churn
from refalloc.cli import main


def test_a_round_counts_whole_spaces():
    runs, seconds = bench.whole_space([bench.churn] * 2, reduces=False)
    assert runs > bench.whole_space([bench.churn] * 2, reduces=True)[0]
    assert seconds > 0


def test_without_frontrun_only_our_side_is_measured():
    report = bench.measure(rounds=2, with_frontrun=False, own_seconds=0)
    assert len(report.own) == 2
    assert report.frontrun == []
    assert report.ratio("wall") is None
    assert [space.name for space in report.spaces] == list(bench.SPACES)
    assert all(space.runs <= space.plain_runs for space in report.spaces)


def test_the_ratio_is_the_median_of_the_rounds_ratios():
    own = [bench.Rate(100, 1), bench.Rate(300, 1), bench.Rate(90, 1)]
    peer = [bench.Rate(1, 2), bench.Rate(2, 4), bench.Rate(3, 8)]
    report = bench.ExploreReport(own, peer, [])
    assert math.isclose(report.ratio("wall"), 100)
    assert math.isclose(report.ratio("processor"), 0.25)


def test_a_missing_frontrun_is_said(monkeypatch):
    monkeypatch.setattr(bench.importlib.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["bench", "explore"])
    assert result.exit_code == 1
    assert "frontrun is not installed; install the extra `bench`" in result.output


def test_the_report_is_printed_as_json_and_as_a_table():
    as_json = json.loads(CliRunner().invoke(main, ["bench", "explore", "--alone", "--rounds", "1", "--json"]).output)
    assert len(as_json["own"]) == 1
    assert as_json["wall_ratio"] is None
    table = CliRunner().invoke(main, ["bench", "explore", "--alone", "--rounds", "1"]).output
    assert "3 threads of 2 operations" in table


def test_frontruns_programs_run_on_real_threads():
    heap = ThreadedHeap()
    threads = [threading.Thread(target=churn, args=(heap,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    live = {allocator.alloc(heap, 24, 3) for _ in range(3)}
    assert len(live) == 3


@pytest.mark.parametrize("addr", [64, 1 << 33])
def test_the_threaded_heap_keeps_words(addr):
    heap = ThreadedHeap()
    heap.store(addr, 7)
    assert (heap.load(addr), heap.load(addr + 8)) == (7, 0)
