"""A Dask cluster on the loopback interface, of which a worker is killed in the middle."""

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from grader.conftest import BOTH, small_course
from grader.ordinary import ANSWERS

from refalloc.cli import main
from refalloc.grader import GraderError
from refalloc.grader.cluster import require_safe, run_on_cluster
from refalloc.grader.job import Job
from refalloc.grader.run import grade_all
from refalloc.grader.store import Store


@pytest.fixture
def cluster(tmp_path):
    with running_cluster(tmp_path) as found:
        yield found


@contextlib.contextmanager
def running_cluster(tmp_path, *options):
    """The address of a scheduler with two workers, and the processes of the workers. Args: options: of all three."""
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-W", "ignore", "-m"]
    local = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file), *options]
    scheduler = [*command, "distributed.cli.dask_scheduler", *local, "--port", "0"]
    worker = [*command, "distributed.cli.dask_worker", *local, "--nthreads", "1", "--no-nanny"]
    worker += ["--local-directory", str(tmp_path)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    with (
        subprocess.Popen(scheduler, **quiet) as boss,
        subprocess.Popen(worker, **quiet) as first,
        subprocess.Popen(worker, **quiet) as second,
    ):
        try:
            while not file.exists() or not file.read_text().endswith("}"):
                assert boss.poll() is None
                os.sched_yield()
            yield json.loads(file.read_text())["address"], [first, second]
        finally:
            for process in (first, second, boss):
                process.kill()


@pytest.mark.filterwarnings("default")  # Dask's own, of its closing connections
def test_every_result_is_there_once_when_a_worker_is_killed(cluster, bwrap, tmp_path, nothing_left):
    from distributed import Client

    address, workers = cluster
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    names = ["right", "ignores_alignment", "raises", "gives_nothing"]
    jobs = [
        Job(f"key{n}", f"student{n}", "00.1", ANSWERS[names[n % 4]][0].encode(), "exercise_1.py", BOTH, bwrap, seed=n)
        for n in range(24)
    ]
    tasks = [SimpleNamespace(job=job) for job in jobs]
    seen = []

    def on_done(job, broken):
        seen.append(job.key)
        if len(seen) == 6:
            workers[0].send_signal(signal.SIGKILL)

    with Store(tmp_path / "out") as store:
        assert grade_all(tasks, store, lambda to_do: run_on_cluster(to_do, address), on_done) == {}
        assert sorted(seen) == sorted(job.key for job in jobs)
        assert [store.get(job.key)["points"] for job in jobs] == [ANSWERS[names[n % 4]][1] for n in range(24)]


@pytest.fixture
def certificates(tmp_path):
    """The options that name a key, its certificate, and who signed it: files that are gone after the test."""
    from distributed import Security

    made = Security.temporary()
    options = []
    for name, text in (
        ("ca-file", made.tls_ca_file),
        ("cert", made.tls_scheduler_cert),
        ("key", made.tls_scheduler_key),
    ):
        file = tmp_path / f"{name}.pem"
        file.write_text(text)
        options += [f"--tls-{name}", str(file)]
    return options


@pytest.mark.filterwarnings("default")  # Dask's own, of its closing connections
def test_a_class_is_graded_over_tls_and_nobody_without_a_certificate_is_let_in(
    certificates, bwrap, tmp_path, nothing_left
):
    course = small_course(tmp_path / "course")
    names = ["right", "ignores_alignment", "raises", "gives_nothing"]
    for name in names:
        file = tmp_path / "class" / name / "00_start" / "exercise_1.py"
        file.parent.mkdir(parents=True)
        file.write_text(ANSWERS[name][0])
    command = ["grade", tmp_path / "class", "--course", course, "--hidden", course / "private", "--level", bwrap]
    with running_cluster(tmp_path, "--protocol", "tls", *certificates) as (address, _):
        assert address.startswith("tls://127.0.0.1:")

        def run(out, *options):
            return CliRunner().invoke(main, list(map(str, [*command, "--out", tmp_path / out, *options])))

        result = run("out", "--cluster", address, *certificates)
        assert result.exit_code == 0, result.output
        with (tmp_path / "out" / "grades.csv").open(newline="") as rows:
            points = {row["student"]: float(row["points"]) for row in csv.DictReader(rows)}
        assert points == {name: ANSWERS[name][1] for name in names}
        for options in (["--cluster", address], ["--cluster", address.replace("tls:", "tcp:")]):
            result = run("none", *options)
            assert result.exit_code == 1
            assert "no Dask scheduler answers" in result.output
    result = run("none", "--cluster", address, *certificates[:2])
    assert result.exit_code == 2
    assert "are given together" in result.output


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "tcp://example.org:1", "ws://example.org"])
def test_another_machine_is_reached_by_tls_or_not_at_all(address):
    with pytest.raises(GraderError, match="must be reached by TLS"):
        require_safe(address)


@pytest.mark.parametrize("address", ["tls://10.0.0.1:8786", "tcp://127.0.0.1:1", "localhost:8786", "tcp://[::1]:8786"])
def test_tls_and_this_machine_are_safe(address):
    require_safe(address)
