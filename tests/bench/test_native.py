import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from refalloc import allocator
from refalloc.bench import native, peers, ratios
from refalloc.bench.peers import Peer
from refalloc.cli import main
from refalloc.native.workloads import WORKLOADS

TINY = {"hot": 1000, "batch": 2000, "random": 2000, "handover": 2000, "churn": 8, "drift": 2000, "growth": 3000}


@pytest.fixture
def without_zig(monkeypatch):
    """As where it is not installed: building the original takes minutes."""
    monkeypatch.setattr(peers.util, "find_spec", lambda name: None)


@pytest.fixture
def tiny(monkeypatch):
    """Every workload, cut short."""
    cut = [native.Workload(**{**vars(w), "steps": TINY.get(w.kind, 1)}) for w in native.MICRO]
    monkeypatch.setattr(native, "MICRO", tuple(cut))


def test_every_workload_runs_on_every_allocator_that_is_there(tiny, without_zig, tmp_path):
    progress = []
    report = native.measure({"refalloc": allocator}, 2, on_progress=lambda done, total: progress.append((done, total)))
    assert {w["kind"] for w in report["workloads"]} == set(WORKLOADS)
    assert report["peers"][:2] == ["glibc", "refalloc"]
    assert len(report["results"]) == len(native.MICRO) * len(report["peers"])
    assert all(row["cpu_ratio"] > 0 and row["memory_ratio"] > 0 for row in report["results"])
    assert all(row["cpu_low"] <= row["cpu_ratio"] <= row["cpu_high"] for row in report["results"])
    assert all(row["cpu_ratio"] == row["memory_ratio"] == 1 for row in report["results"] if row["peer"] == "glibc")
    assert progress[-1] == (len(native.MICRO) * len(report["peers"]) * 2,) * 2
    assert ratios.geometric_means(report)["glibc"] == (1, 1)
    assert json.loads(json.dumps(report)) == report


def test_peers_that_are_missing_are_said_with_how_to_get_them(monkeypatch, without_zig):
    monkeypatch.setattr(peers, "glob", lambda pattern: [])
    found, missing = peers.find_peers({})
    assert [peer.name for peer in found] == ["glibc"]
    assert missing == [
        "zig, the original: pip install ziglang==0.14.1",
        "mimalloc: apt install libmimalloc2.0",
        "jemalloc: apt install libjemalloc2",
        "tcmalloc: apt install libtcmalloc-minimal4",
    ]


def test_ratios_are_of_runs_in_the_same_repetition():
    samples = {}
    for repetition, (own, base) in enumerate([(50, 100), (300, 100), (80, 40)]):
        samples["w", "refalloc", repetition] = ratios.Sample(own, own, 10, own)
        samples["w", "glibc", repetition] = ratios.Sample(base, base, 10, base)
        samples["w", "zig", repetition] = ratios.Sample(2 * own, 1, 10, 1)
    result = ratios.result_of("w", "refalloc", ["glibc", "refalloc", "zig"], samples, 3)
    assert result.original_ratio == 0.5
    assert ratios.result_of("w", "refalloc", ["glibc", "refalloc"], samples, 3).original_ratio is None
    assert result.cpu_ratio == result.wall_ratio == result.memory_ratio == 2
    assert (result.cpu_low, result.cpu_high) == (1.25, 2.5)
    assert result.cpu_ns == 8


def test_peak_memory_is_the_driver_s_own_and_not_that_of_the_process_that_starts_it():
    ballast = bytearray(200 << 20)
    sample = native._run(native._command(native.MICRO[0], None), Peer("glibc", None))
    assert sample.peak_kib < len(ballast) >> 11


def test_a_peer_that_crashes_is_named():
    with pytest.raises(RuntimeError, match=r"broken: .* ended with 134"):
        native._run(["sh", "-c", "kill -6 $$"], Peer("broken", None))


def test_the_command_prints_ratios_and_writes_json(tiny, without_zig, tmp_path):
    file = tmp_path / "figures.json"
    done = CliRunner().invoke(main, ["bench", "native", "--only", "hot", "--repetitions", "2", "--json", str(file)])
    assert done.exit_code == 0, done.output
    assert "geometric mean" in done.output
    assert "not measured: zig" in done.output
    assert {row["workload"] for row in json.loads(file.read_text())["results"]} == {
        "hot 64 B",
        "hot 1 KiB",
        "hot 64 KiB",
    }


def test_an_unknown_workload_is_answered_with_the_names():
    done = CliRunner().invoke(main, ["bench", "native", "--only", "no such"])
    assert done.exit_code == 1
    assert "there are: hot 64 B, hot 1 KiB" in done.output


def test_the_command_prints_machine_code():
    done = CliRunner().invoke(main, ["bench", "native", "--asm"])
    assert done.exit_code == 0
    assert "\nmalloc:" in done.output
    assert Path(peers.ZIG_SOURCE).is_file()
