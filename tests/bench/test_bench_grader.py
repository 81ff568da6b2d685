"""The benchmark of the grader runs, and counts only runs that gave the right marks."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from grader.conftest import require

from refalloc.bench import grader
from refalloc.bench.memory import PeakMemory
from refalloc.cli import main


def test_our_runs_are_measured_alone():
    require("bwrap")
    command = ["bench", "grader", "--alone", "--rounds", "1", "--batch", "2", "--json"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [row["count"] for row in rows] == [1, 2, 2]
    assert all(row["wall"][0] > 0 and row["processor"][0] > 0 for row in rows)
    assert all(row["memory"] > row["worker_memory"] > 0 for row in rows)


def test_memory_is_that_of_all_that_was_started():
    hungry = "import sys; held = b'x' * (64 << 20); print(flush=True); sys.stdin.read()"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}])"
    with (
        PeakMemory() as peak,
        subprocess.Popen([sys.executable, "-c", starts], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        process.stdout.readline()
        while peak.total < 64 << 20:
            assert process.poll() is None
            os.sched_yield()
        process.communicate()
    assert peak.total >= 64 << 20
    assert peak.caged == 0


def test_a_run_with_other_marks_is_no_measurement(monkeypatch):
    require("bwrap")
    monkeypatch.setattr(grader, "ANSWER", "def size_class_index(length, alignment):\n    return 0\n")
    with pytest.raises(grader.PeerError, match="its time would mean nothing"):
        grader.measure(rounds=1, own_batch=2, peers=())


def test_a_command_that_fails_is_told(tmp_path):
    with pytest.raises(grader.PeerError, match="no such peer"):
        grader._run(["/bin/sh", "-c", "echo no such peer >&2; exit 3"], tmp_path)


def test_what_nobody_waits_for_is_counted_too(tmp_path):
    orphan = "import time\nwhile time.process_time() < 0.3: pass"
    starts = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=-3, stderr=-3)"
    assert grader._timed([sys.executable, "-c", starts, orphan], tmp_path)[1] >= 0.3
