"""The benchmark of the interpreted machine: that it measures what it says. Not how fast anything is."""

import json

import pytest
from click.testing import CliRunner

import refalloc
from refalloc.bench import interpreted
from refalloc.bench.interpreted import CONTENDERS, PARTS, Workload
from refalloc.cli import main
from refalloc.trace.packed import load_trace


@pytest.mark.parametrize("workload", interpreted.workloads(), ids=lambda workload: workload.name)
def test_every_block_of_a_workload_is_freed_once_with_its_length(workload):
    live = {}
    for is_alloc, block, length in workload.calls:
        if is_alloc:
            assert block not in live
            assert length >= 1
            live[block] = length
        else:
            assert live.pop(block) == length
    assert live == {}
    assert 0 <= max(block for _, block, _ in workload.calls) < workload.block_count


def test_a_traces_workload_has_its_calls_in_their_order():
    rows = load_trace("sqlite").rows()
    workload = next(work for work in interpreted.workloads() if work.name == "trace sqlite")
    asked = [(op == 0, block) for op, _, block, _, _ in rows]
    assert [(is_alloc, block) for is_alloc, block, _ in workload.calls[: len(rows)]] == asked
    assert not any(is_alloc for is_alloc, _, _ in workload.calls[len(rows) :])


def test_the_mixed_workload_keeps_1000_blocks_of_8_to_1024_bytes():
    workload = next(work for work in interpreted.workloads() if work.name == "8 to 1024 bytes, 1000 live")
    lengths = {length for _, _, length in workload.calls}
    assert min(lengths) == 8
    assert max(lengths) == 1024
    counts, live = set(), 0
    for is_alloc, _, _ in workload.calls:
        live += 1 if is_alloc else -1
        counts.add(live)
    assert max(counts) == 1000


@pytest.mark.parametrize("name", CONTENDERS)
def test_each_contender_makes_the_calls_and_frees_what_it_got(name):
    loop, make = CONTENDERS[name]
    arguments = make()
    calls = [(True, 0, 24), (True, 1, 5000), (False, 0, 24), (True, 2, 100_000), (False, 2, 100_000), (False, 1, 5000)]
    addrs = [None] * 3
    before = refalloc.the_allocator().live_blocks()
    loop(calls, addrs, *arguments)
    if name != "empty":
        assert len({str(addr) for addr in addrs}) == 3
    assert refalloc.the_allocator().live_blocks() == before


def test_the_public_functions_are_the_ones_measured():
    alloc, free = CONTENDERS["refalloc"][1]()
    assert (alloc, free) == (refalloc.alloc, refalloc.free)
    addr = alloc(24)
    with pytest.raises(ValueError, match="has 24 bytes"):
        free(addr, 25)
    free(addr, 24)


def test_measuring_gives_a_time_for_each_round():
    calls = [(True, 0, 24), (False, 0, 24)] * 500
    times = interpreted.measure(Workload("small", calls, 1), rounds=2)
    assert {name: len(of) for name, of in times.items()} == dict.fromkeys(CONTENDERS, 2)
    assert all(time > 0 for of in times.values() for time in of)


def test_the_parts_run_as_they_are_written():
    times = interpreted.parts(rounds=2)
    assert list(times) == list(PARTS)
    assert {part.instead for part in PARTS} <= {part.name for part in PARTS} | {""}


@pytest.mark.parametrize("arguments", [["--only", "one block"], ["--profile"]], ids=["pairs", "parts"])
def test_the_command_prints_tables_or_json(arguments):
    command = ["bench", "interpreted", "--rounds", "2", *arguments]
    printed = CliRunner().invoke(main, command, catch_exceptions=False)
    assert printed.exit_code == 0
    assert "ns" in printed.output
    report = json.loads(CliRunner().invoke(main, [*command, "--json"], catch_exceptions=False).output)
    assert report["unit"] == "ns"
    assert report["times"]


def test_words_that_no_workload_has_are_an_error():
    printed = CliRunner().invoke(main, ["bench", "interpreted", "--only", "nonsense"])
    assert printed.exit_code == 1
    assert "no workload has 'nonsense' in its name" in printed.output
