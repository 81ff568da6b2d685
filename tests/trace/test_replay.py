import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from refalloc import allocator
from refalloc.cli import main
from refalloc.heap import Heap
from refalloc.resident import ResidentUnknownError
from refalloc.trace.packed import COLUMNS, TraceError, load_trace, packed_traces
from refalloc.trace.replay import ReplayError, footprint, replay

# Events of each trace that comes with the package: counted with NumPy from the files.
EVENTS = {"gcc": 120_000, "git-repack": 10_646, "perl": 60_188, "python-threads": 204_869, "sqlite": 39_668}


def made_by_hand(rows):
    return {column: np.array(values) for column, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)}


@pytest.fixture
def save(tmp_path):
    def save(**columns):
        path = tmp_path / "trace.npz"
        np.savez_compressed(path, **columns)
        return str(path)

    return save


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_block_of_a_real_program_is_verified(name):
    trace = load_trace(name)
    done = []
    report = replay(trace, on_progress=done.append)
    assert report.events == EVENTS[name] == done[-1]
    assert done == sorted(done)
    assert report.verified_blocks == report.allocs == int((trace.op == 0).sum())
    assert report.threads == len(set(trace.thread.tolist()))
    assert report.peak_live_bytes == peak_live_by_hand(trace)
    assert report.peak_live_bytes <= report.peak_mapped_bytes
    assert 0 < report.internal_fragmentation < 0.5
    assert 1 <= report.lanes_used <= report.lanes


def peak_live_by_hand(trace):
    size_of = np.zeros(int(trace.block.max()) + 1, np.int64)
    allocs = trace.op == 0
    size_of[trace.block[allocs]] = trace.size[allocs]
    change = np.where(allocs, 1, -1) * size_of[trace.block]
    return int(np.cumsum(change).max())


def test_all_five_traces_come_with_the_package():
    assert packed_traces() == sorted(EVENTS)


def test_a_small_trace_gives_the_figures_that_one_can_count(save):
    path = save(
        **made_by_hand([(0, 0, 0, 100, 4), (0, 1, 1, 40_000, 4), (1, 0, 1, 0, 0), (0, 1, 2, 28, 4), (1, 1, 0, 0, 0)])
    )
    report = replay(load_trace(path), lane_count=1)
    assert (report.events, report.threads, report.allocs, report.frees, report.lanes) == (5, 2, 3, 2, 1)
    assert report.peak_live_bytes == 40_100
    assert report.peak_mapped_bytes == 2 * 65536  # the large block is gone before the second slab comes
    assert report.internal_fragmentation == 1 - 40_100 / (128 + 40_960)
    assert report.slabs == 2
    assert report.lanes_used == 1


def test_an_allocator_that_hands_a_slot_out_twice_is_found(monkeypatch):
    real = allocator.alloc
    given = []

    def overlapping(heap, length, align_log2):
        if length == 48 and given:
            return given[-1] + 16
        addr = real(heap, length, align_log2)
        if length == 64:
            given.append(addr)
        return addr

    monkeypatch.setattr(allocator, "alloc", overlapping)
    with pytest.raises(ReplayError, match="was overwritten: byte"):
        replay(load_trace("perl"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(0, 0, 0, 0, 4)], "event 0 cannot be"),
        ([(0, 0, 0, 8, 4), (0, 0, 0, 8, 4)], "event 1 cannot be"),
        ([(1, 0, 0, 0, 0)], "event 0 cannot be"),
        ([(0, 0, 0, 8, 4), (1, 0, 0, 0, 0), (1, 0, 0, 0, 0)], "event 2 cannot be"),
        ([(2, 0, 0, 8, 4)], "event 0 cannot be"),
        ([(0, 0, 0, 8, 60)], "event 0 cannot be"),
        ([(0, -1, 0, 8, 4)], "event 0 cannot be"),
    ],
)
def test_a_trace_that_no_program_can_make_is_refused(save, rows, message):
    with pytest.raises(TraceError, match=message):
        load_trace(save(**made_by_hand(rows)))


def test_threads_may_have_any_numbers_but_not_be_too_many(save):
    rows = [(0, 2**40, 0, 8, 4), (0, 7, 1, 8, 4), (1, 7, 0, 0, 0)]
    assert replay(load_trace(save(**made_by_hand(rows)))).threads == 2
    with pytest.raises(TraceError, match="5000 threads; replay makes a real one for each, and at most 1024"):
        load_trace(save(**made_by_hand([(0, number, number, 8, 4) for number in range(5000)])))


def test_a_damaged_file_says_what_is_wrong(save, tmp_path):
    columns = made_by_hand([(0, 0, 0, 8, 4)] * 1)
    with pytest.raises(TraceError, match="column size is missing"):
        load_trace(save(**{name: values for name, values in columns.items() if name != "size"}))
    with pytest.raises(TraceError, match="column op is float64"):
        load_trace(save(**(columns | {"op": np.array([0.5])})))
    with pytest.raises(TraceError, match=r"column size is int64 of shape \(2,\)"):
        load_trace(save(**(columns | {"size": np.array([8, 8])})))
    whole = Path(save(**made_by_hand([(0, 0, n, 8, 4) for n in range(1000)]))).read_bytes()
    for name, damaged in (("cut", whole[: len(whole) // 2]), ("text", b"hello"), ("empty", b"")):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(damaged)
        with pytest.raises(TraceError, match="damaged"):
            load_trace(str(path))
    middle = len(whole) // 3
    (tmp_path / "flipped.npz").write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :])
    with pytest.raises(TraceError, match=r"damaged|cannot be"):
        load_trace(str(tmp_path / "flipped.npz"))
    with pytest.raises(TraceError, match="no trace 'nothing'; expected one of gcc, git-repack"):
        load_trace("nothing")


def test_the_command_prints_a_table_or_json():
    table = CliRunner().invoke(main, ["replay", "sqlite"])
    assert table.exit_code == 0
    for words in ("39,668", "internal fragmentation", "lanes used", "events a second"):
        assert words in table.output
    as_json = subprocess.run(
        [sys.executable, "-m", "refalloc", "replay", "sqlite", "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(as_json.stdout)["events"] == EVENTS["sqlite"]
    assert as_json.stderr == ""


def test_the_command_refuses_what_is_no_trace(tmp_path):
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"no")
    for argument, message in (("nothing", "no trace 'nothing'"), (str(bad), "damaged")):
        result = CliRunner().invoke(main, ["replay", argument])
        assert result.exit_code == 1
        assert message in result.output
        assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
@pytest.mark.parametrize("name", ["gcc", "python-threads"])
def test_what_is_resident_lies_between_what_is_live_and_what_is_mapped(name):
    trace = load_trace(name)
    taken = footprint(trace, 1500, lane_count=2, sample_count=50)
    assert len(taken.live) == len(taken.mapped) == 1500
    assert taken.live == live_lens(trace.rows(1500))
    assert len(taken.resident) == 50
    assert (min(taken.resident), max(taken.resident)) == (1, 1500)
    for event, resident in taken.resident.items():
        assert taken.live[event - 1] <= resident <= taken.mapped[event - 1], event
    assert taken.live[-1] < taken.resident[1500] < taken.mapped[-1], "slabs are not yet written to their ends"
    assert taken.resident_unknown == ""


def live_lens(rows):
    """Bytes live after each event."""
    sizes = {block: size for op, _, block, size, _ in rows if op == 0}
    return list(itertools.accumulate(sizes[block] * (1 if op == 0 else -1) for op, _, block, _, _ in rows))


def test_where_the_system_does_not_say_what_is_resident_none_is_noted(monkeypatch):
    def refuse(heap):
        raise ResidentUnknownError("nobody knows")

    monkeypatch.setattr(Heap, "resident_len", refuse)
    taken = footprint(load_trace("perl"), 300, lane_count=1)
    assert (taken.resident, taken.resident_unknown) == ({}, "nobody knows")
    assert {*taken.curves()} == {"mapped", "live"}
    assert taken.mapped[-1] >= taken.live[-1] > 0


def test_a_footprint_of_more_events_than_there_are_is_of_all(save):
    rows = [(0, 0, 0, 100, 3), (0, 1, 1, 5000, 3), (1, 1, 0, 0, 0)]
    taken = footprint(load_trace(save(**made_by_hand(rows))), 99, lane_count=1)
    assert taken.live == [100, 5100, 5000]
    with pytest.raises(ValueError, match="sample_count is 0"):
        footprint(load_trace("perl"), 3, sample_count=0)
