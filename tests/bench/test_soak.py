import json
import subprocess

import pytest
from click.testing import CliRunner
from libraries import TEXTS

from refalloc.bench import soak
from refalloc.bench.soak import SoakError, SoakReport
from refalloc.cli import main

LOSING = """
from refalloc import allocator
from refalloc.allocator import free, remap, resize

def alloc(heap, length, align_log2):
    addr = allocator.alloc(heap, length, align_log2)
    if length == 5003:
        heap.store(addr - addr % 65536 + 4096, 1)
    return addr
"""
LEAKING = """
from refalloc.allocator import alloc, remap, resize

def free(heap, addr, length, align_log2):
    if length % 7 != 0:
        heap.store(addr, 0)
"""


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_twenty_seconds_lose_nothing(name):
    report = soak.soak(TEXTS[name], 10)
    assert report.rounds >= 20
    assert report.steps == report.rounds * 8000
    assert report.forks == 4 * report.rounds
    assert report.most_len >= report.end_len > 0
    if name == "improved":  # the reference's grows, as the original's does: its free slots drift to lanes not searched
        assert report.is_level, report


def test_a_text_that_writes_into_others_blocks_is_caught(tmp_path):
    path = tmp_path / "losing.py"
    path.write_text(LOSING)
    with pytest.raises(SoakError, match="ended with"):
        soak.soak(path, 30)


def test_a_text_that_leaks_is_not_level(tmp_path):
    path = tmp_path / "leaking.py"
    path.write_text(LEAKING)
    report = soak.soak(path, 1)
    assert not report.is_level
    assert "NOT level" in str(report)


def test_level_is_told_by_early_and_end():
    early = 20 << 20
    assert SoakReport(1, 1, 1, early, early + (10 << 20), early).is_level
    assert not SoakReport(1, 1, 1, early, 2 * early, early).is_level


def test_the_command_tells_the_report(monkeypatch):
    report = SoakReport(50, 400_000, 200, 10 << 20, 11 << 20, 12 << 20)
    asked = []
    monkeypatch.setattr(
        soak, "soak", lambda text, seconds, seed: asked.append((text.__name__, seconds, seed)) or report
    )
    done = CliRunner().invoke(main, ["bench", "soak", "--minutes", "0.5", "--from", "improved", "--seed", "3"])
    assert done.exit_code == 0
    assert done.output == (
        "50 rounds, 400,000 blocks and 200 forks, nothing lost; resident memory 10.0 MiB early, 11.0 at the end, "
        "12.0 at most: level\n"
    )
    assert asked == [("refalloc.improved", 30, 3)]
    done = CliRunner().invoke(main, ["bench", "soak", "--json"])
    assert json.loads(done.output)["is_level"] is True


def test_the_command_exits_with_1_when_memory_is_not_level_or_a_block_is_lost(monkeypatch):
    monkeypatch.setattr(soak, "soak", lambda *_: SoakReport(5, 5, 5, 1 << 20, 90 << 20, 90 << 20))
    assert CliRunner().invoke(main, ["bench", "soak"]).exit_code == 1

    def lose(*_):
        raise SoakError("the soak ended with 1 (seed 1): a block was overwritten")

    monkeypatch.setattr(soak, "soak", lose)
    done = CliRunner().invoke(main, ["bench", "soak"])
    assert done.exit_code == 1
    assert "a block was overwritten" in done.output


def test_a_program_without_time_still_does_some_rounds():
    done = subprocess.run([soak.build_soak(), "0", "2", "100", "1"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "20"
