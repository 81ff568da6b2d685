"""Measure the text beside other allocators: the same program on each, by turns, in one run.

A machine that others use is never the same twice, so a time says little; the ratio of two times that were taken one
after the other says more. Each repetition runs every allocator once, in a new order, and yields one ratio to glibc for
each; reported are their median and the quartiles.
"""

import os
import platform
import random
import statistics
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from refalloc.bench.peers import Peer, find_peers
from refalloc.native.workloads import WORKLOADS, build_driver, write_trace
from refalloc.trace.packed import load_trace, packed_traces

BASE = "glibc"
ORIGINAL = "zig"


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


@dataclass(frozen=True)
class Sample:
    """What one run of the driver took."""

    cpu_ns: int
    wall_ns: int
    operations: int
    peak_kib: int


@dataclass(frozen=True)
class Result:
    """One allocator on one workload, as ratios to glibc in the same repetition."""

    workload: str
    peer: str
    cpu_ns: float  # per operation, median
    cpu_ratio: float  # median
    cpu_low: float  # first quartile
    cpu_high: float  # third quartile
    wall_ratio: float  # median
    memory_ratio: float  # of peak resident memory, median
    original_ratio: float | None  # of CPU time to the original's, median; None where that is not measured


def measure(texts, repetitions=7, only="", seed=1, on_progress=lambda done, total: None):
    """Run the micro workloads on glibc, on each of `texts`, and on the peers that are there.

    Args:    texts: {name: text}, as for export; repetitions: int, 2 or more; only: str, in the names of workloads to
             run; seed: of the order; on_progress: called with runs done and runs in all.
    Returns: dict, ready for JSON: "machine", "missing", "workloads", "results" (Result as dicts).
    Raises:  as export; ValueError when no workload is chosen.
    """
    chosen = [workload for workload in MICRO if only in workload.name]
    if not chosen:
        raise ValueError(f"no workload has {only!r} in its name; there are: {', '.join(w.name for w in MICRO)}")
    peers, missing = find_peers(texts)
    order, samples = random.Random(seed), {}
    total = len(chosen) * len(peers) * repetitions
    with tempfile.TemporaryDirectory(prefix="refalloc-") as folder:
        for workload in chosen:
            command = _command(workload, Path(folder))
            for repetition in range(repetitions):
                for peer in order.sample(peers, len(peers)):
                    samples[workload.name, peer.name, repetition] = _run(command, peer)
                    on_progress(len(samples), total)
    names = [peer.name for peer in peers]
    results = [_result(workload.name, name, names, samples, repetitions) for workload in chosen for name in names]
    return {
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "repetitions": repetitions},
        "missing": missing,
        "peers": names,
        "texts": list(texts),
        "workloads": [asdict(workload) for workload in chosen],
        "results": [asdict(result) for result in results],
    }


def geometric_means(report, columns=("cpu_ratio", "memory_ratio")):
    """{peer: tuple, the mean of each column over all workloads of a report}. The values of a column are numbers."""
    means = {}
    for peer in report["peers"]:
        rows = [row for row in report["results"] if row["peer"] == peer]
        means[peer] = tuple(statistics.geometric_mean(row[column] for row in rows) for column in columns)
    return means


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


def _result(workload, peer, peers, samples, repetitions):
    def of(name):
        return [samples[workload, name, repetition] for repetition in range(repetitions)]

    def ratios(column, base=BASE):
        return [getattr(a, column) / getattr(b, column) for a, b in zip(of(peer), of(base), strict=True)]

    low, middle, high = statistics.quantiles(ratios("cpu_ns"), n=4, method="inclusive")
    return Result(
        workload=workload,
        peer=peer,
        cpu_ns=statistics.median(sample.cpu_ns / sample.operations for sample in of(peer)),
        cpu_ratio=middle,
        cpu_low=low,
        cpu_high=high,
        wall_ratio=statistics.median(ratios("wall_ns")),
        memory_ratio=statistics.median(ratios("peak_kib")),
        original_ratio=statistics.median(ratios("cpu_ns", ORIGINAL)) if ORIGINAL in peers else None,
    )
