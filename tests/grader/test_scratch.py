"""What a run that was killed leaves behind is gone after the next one, and nobody else's is touched."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from grader.conftest import BOTH, LIMITS, hosts_below
from grader.ordinary import ANSWERS

from refalloc.atomic import PART
from refalloc.grader.host import Host
from refalloc.grader.job import Job
from refalloc.grader.report import write_results
from refalloc.grader.scratch import PREFIX, Scratch

WAITS = "import time\ndef size_class_index(length, alignment):\n    time.sleep(1000)\n"
HOLD = """
import sys
from refalloc.grader.scratch import Scratch
scratch = Scratch()
print(scratch.path, flush=True)
sys.stdin.read()
"""
GRADE = """
import json, sys
from refalloc.grader.host import Host
from refalloc.grader.job import job_from_json
Host().grade(job_from_json(json.loads(sys.argv[1])))
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder of temporary files for this test alone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tmp_path.chmod(0o755)
    return tmp_path


def runs(place):
    return sorted(place.glob(f"{PREFIX}*"))


def holder():
    """A process that has a scratch folder, and the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_folder_goes_with_its_owner(temporary):
    with Scratch() as scratch:
        (scratch.path / "answer").mkdir()
        assert runs(temporary) == [scratch.path]
    assert runs(temporary) == []


def test_the_next_run_removes_what_a_killed_one_left_and_not_what_a_living_one_has(temporary):
    killed, left = holder()
    (left / "refalloc-answer").mkdir()
    (left / "refalloc-answer" / "exercise_1.py").write_text("x = 1\n")
    living, kept = holder()
    end(killed)
    try:
        assert left.exists()  # until somebody looks
        with Scratch() as scratch:
            assert runs(temporary) == sorted([kept, scratch.path])
    finally:
        end(living)


def test_a_link_that_somebody_else_put_there_is_not_followed(temporary, tmp_path_factory):
    precious = tmp_path_factory.mktemp("precious")
    (precious / "file").write_text("x")
    (temporary / f"{PREFIX}link").symlink_to(precious)
    Scratch().close()
    assert (precious / "file").exists()


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_a_judge_that_is_killed_leaves_nothing_when_its_run_ends(temporary, bwrap):
    host = Host()
    job = Job("key", "ada", "04.1", WAITS.encode(), "exercise_1.py", BOTH, bwrap, seconds=0.3, limits=LIMITS)
    host._exchange(json.dumps(job.as_json()).encode() + b"\n", 0)
    [run] = runs(temporary)
    wait_for(lambda: list(run.glob("refalloc-answer-*")))
    for pid in [*hosts_below(host._process.pid), host._process.pid]:
        os.kill(pid, signal.SIGKILL)
    host.close()
    assert runs(temporary) == []


def test_a_judge_that_was_killed_is_started_again(temporary, bwrap):
    host = Host()
    right = Job("key", "ada", "04.1", ANSWERS["right"][0].encode(), "exercise_1.py", BOTH, bwrap, limits=LIMITS)
    try:
        assert host.grade(right)["points"] == 5
        [session] = hosts_below(host._process.pid)
        os.kill(session, signal.SIGKILL)
        assert host.grade(right)["points"] == 5
        host._process.kill()
        host._process.wait()
        assert host.grade(right)["points"] == 5
    finally:
        host.close()
    assert runs(temporary) == []


def test_after_a_whole_run_was_killed_the_next_leaves_nothing(temporary, bwrap):
    job = Job("key", "ada", "04.1", WAITS.encode(), "exercise_1.py", BOTH, bwrap, seconds=0.3, limits=LIMITS)
    script = "import json, sys; from refalloc.grader.host import Host; from refalloc.grader.job import job_from_json\n"
    script += "Host().grade(job_from_json(json.loads(sys.argv[1])))"
    with subprocess.Popen([sys.executable, "-c", script, json.dumps(job.as_json())]) as process:
        wait_for(lambda: list(temporary.glob(f"{PREFIX}*/refalloc-answer-*")))
        below = hosts_below(process.pid)
        process.kill()
        for pid in below:
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))
    host = Host()
    try:
        right = Job("key", "ada", "04.1", ANSWERS["right"][0].encode(), "exercise_1.py", BOTH, bwrap, limits=LIMITS)
        assert host.grade(right)["points"] == 5
    finally:
        host.close()
    assert runs(temporary) == []


def test_half_a_page_of_a_killed_run_is_gone_after_the_next(tmp_path):
    (tmp_path / "students").mkdir()
    parts = [tmp_path / f"grades.csv.x{PART}", tmp_path / "students" / f"ada.html.x{PART}"]
    for part in parts:
        part.write_text("<!doc")
    write_results(tmp_path, [], [], "bwrap")
    assert not any(part.exists() for part in parts)
    assert (tmp_path / "grades.csv").exists()


def test_judges_end_with_their_parent_and_not_with_their_job(temporary, bwrap):
    job = Job("key", "ada", "04.1", WAITS.encode(), "exercise_1.py", BOTH, bwrap, seconds=1000, limits=LIMITS)
    with subprocess.Popen([sys.executable, "-c", GRADE, json.dumps(job.as_json())]) as process:
        wait_for(lambda: list(temporary.glob(f"{PREFIX}*/refalloc-answer-*")))
        below = hosts_below(process.pid)
        process.kill()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))
    Scratch().close()
    assert runs(temporary) == []
