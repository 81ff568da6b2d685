"""Measure the text beside other allocators: one program, on each, with many small workloads."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from refalloc.bench.peers import Peer
from refalloc.bench.ratios import Sample, choose, compare
from refalloc.native.workloads import WORKLOADS, build_driver, write_trace
from refalloc.trace.packed import load_trace, packed_traces


@dataclass(frozen=True)
class Workload:
    """One run of the driver; see refalloc.native.workloads."""

    name: str
    kind: str
    size: int = 0  # bytes
    live: int = 0  # blocks
    steps: int = 1
    threads: int = 1
    trace: str = ""


MICRO = (
    Workload("hot 64 B", "hot", 64, steps=3_000_000),
    Workload("hot 1 KiB", "hot", 1024, steps=3_000_000),
    Workload("hot 64 KiB", "hot", 65536, steps=20_000),
    Workload("batch 1000 x 64 B", "batch", 64, 1000, 3_000_000),
    Workload("random, 1,000 live", "random", 1024, 1000, 1_500_000),
    Workload("random, 10,000 live", "random", 1024, 10_000, 1_500_000),
    Workload("random, 100,000 live", "random", 1024, 100_000, 1_500_000),
    Workload("2 threads", "random", 1024, 1000, 700_000, 2),
    Workload("4 threads", "random", 1024, 1000, 400_000, 4),
    Workload("8 threads", "random", 1024, 1000, 200_000, 8),
    Workload("producer to consumer", "handover", 64, steps=500_000, threads=2),
    Workload("thread churn", "churn", steps=4000),
    Workload("phases", "phases", steps=2),
    Workload("drift", "drift", live=5000, steps=600_000),
    Workload("growth", "growth", 65536, steps=500_000),
    *(Workload(f"trace {name}", "trace", steps=5, trace=name) for name in packed_traces()),
)


def measure(texts, repetitions=7, only="", seed=1, on_progress=lambda done, total: None):
    """Run the micro workloads; see compare.

    Args:    only: str, in the names of workloads to run.
    Raises:  as compare; ValueError when no workload is chosen; RuntimeError for a run that fails.
    """
    chosen = choose(MICRO, only)
    with tempfile.TemporaryDirectory(prefix="refalloc-") as folder:
        commands = {workload.name: _command(workload, Path(folder)) for workload in chosen}
        return compare(
            chosen, lambda workload, peer: _run(commands[workload.name], peer), texts, repetitions, seed, on_progress
        )


def _command(workload, folder):
    live, traces = workload.live, []
    if workload.trace:
        path = folder / workload.trace
        live, traces = write_trace(load_trace(workload.trace), path), [str(path)]
    numbers = (WORKLOADS.index(workload.kind), workload.size, live, workload.steps, workload.threads)
    return [str(build_driver()), *map(str, numbers), *traces]


def _run(command, peer: Peer):
    env = {**os.environ, "LD_PRELOAD": str(peer.library)} if peer.library else dict(os.environ)
    # By way of a shell, and a child of it: a process's peak counts what it was before exec, here a large Python.
    done = subprocess.run(["sh", "-c", '"$@"; exit $?', "sh", *command], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{peer.name}: {' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return Sample(*map(int, done.stdout.split()))
