"""Ratios to glibc: the same on each allocator, by turns, in one run.

A machine that others use is never the same twice, so a time says little; the ratio of two times that were taken one
after the other says more. Each repetition runs every allocator once, in a new order, and yields one ratio to glibc for
each; reported are their median and the quartiles.
"""

import os
import platform
import random
import statistics
from dataclasses import asdict, dataclass

from refalloc.bench.peers import find_peers

BASE = "glibc"
ORIGINAL = "zig"


@dataclass(frozen=True)
class Sample:
    """What one run took."""

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


def choose(workloads, only):
    """Those with `only`, a str, in their names. Raises ValueError when there is none."""
    chosen = [workload for workload in workloads if only in workload.name]
    if not chosen:
        raise ValueError(f"no workload has {only!r} in its name; there are: {', '.join(w.name for w in workloads)}")
    return chosen


def compare(workloads, run, texts, repetitions, seed, on_progress):
    """Run workloads on glibc, on each of `texts`, and on the peers that are there.

    Args:    workloads: list of dataclasses with a name; run: (workload, Peer) -> Sample; texts: {name: text}, as for
             export; repetitions: int, 2 or more; seed: of the order; on_progress: called with runs done, and in all.
    Returns: dict, ready for JSON: "machine", "missing", "peers", "texts", "workloads", "results" (Result as dicts).
    Raises:  as export, and as run.
    """
    peers, missing = find_peers(texts)
    order, samples = random.Random(seed), {}
    total = len(workloads) * len(peers) * repetitions
    for workload in workloads:
        for repetition in range(repetitions):
            for peer in order.sample(peers, len(peers)):
                samples[workload.name, peer.name, repetition] = run(workload, peer)
                on_progress(len(samples), total)
    names = [peer.name for peer in peers]
    results = [result_of(workload.name, name, names, samples, repetitions) for workload in workloads for name in names]
    return {
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "repetitions": repetitions},
        "missing": missing,
        "peers": names,
        "texts": list(texts),
        "workloads": [asdict(workload) for workload in workloads],
        "results": [asdict(result) for result in results],
    }


def geometric_means(report, columns=("cpu_ratio", "memory_ratio")):
    """{peer: tuple, the mean of each column over all workloads of a report}. The values of a column are numbers."""
    means = {}
    for peer in report["peers"]:
        rows = [row for row in report["results"] if row["peer"] == peer]
        means[peer] = tuple(statistics.geometric_mean(row[column] for row in rows) for column in columns)
    return means


def result_of(workload, peer, peers, samples, repetitions):
    """The Result of one of `peers` on a workload, all by name; samples: {(workload, peer, repetition): Sample}."""

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
