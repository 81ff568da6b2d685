import pytest
from click.testing import CliRunner

from refalloc import allocator
from refalloc.bench import inlined
from refalloc.bench.peers import Peer
from refalloc.cli import main


@pytest.fixture
def little(monkeypatch, tmp_path):
    """Short runs, on glibc and on a file that is no library."""
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr(inlined, "STEPS", dict.fromkeys(inlined.STEPS, 2000))
    monkeypatch.setattr(inlined, "find_peers", lambda texts: ([Peer("glibc", None), Peer("broken", broken)], []))


def test_texts_and_mallocs_run_the_same_loops(little):
    rows, missing = inlined.measure_inlined({"text": allocator}, 3)
    assert {(row.workload, row.peer) for row in rows} == {(w, p) for w in inlined.STEPS for p in ("text", "glibc")}
    assert all(row.cpu_ns > 0 and 0 < row.cpu_low <= row.cpu_ratio <= row.cpu_high for row in rows)
    assert all(row.cpu_ratio == 1 for row in rows if row.peer == "glibc")
    assert len(missing) == 1
    assert missing[0].startswith("broken, called from compiled Python: it works only preloaded (")


def test_the_command_prints_them(little):
    done = CliRunner().invoke(main, ["bench", "native", "--inlined", "--repetitions", "2"])
    assert done.exit_code == 0, done.output
    assert "improved" in done.output
    assert "not measured: broken" in done.output
