"""The texts put into a compiled caller, beside mallocs that the same loop calls: what no preloaded malloc can do.

All run in this process, by turns; see refalloc.native.callers.
"""

import ctypes
import random
import statistics
from dataclasses import dataclass

from refalloc.bench.peers import find_peers
from refalloc.bench.ratios import BASE
from refalloc.native.callers import malloc_caller, text_caller

STEPS = {"hot 64 B": 1_000_000, "random, 1,000 live": 500_000}


@dataclass(frozen=True)
class Inlined:
    """One allocator on one workload. Attributes: cpu_ns: of a pair, median; the ratios: to glibc, with quartiles."""

    workload: str
    peer: str
    cpu_ns: float
    cpu_ratio: float
    cpu_low: float
    cpu_high: float


def measure_inlined(texts, repetitions=7, seed=1):
    """Run the workloads of STEPS on `texts`, compiled into the loop, and on the mallocs that are there.

    Args:    texts: {name: text}; repetitions: int, 2 or more; seed: of the order.
    Returns: (list of Inlined, list of str: what is not measured, and why).
    Raises:  as refalloc.native.compile.
    """
    callers = {name: text_caller(text) for name, text in texts.items()}
    peers, missing = find_peers({})
    for peer in peers:
        try:
            callers[peer.name] = malloc_caller(ctypes.CDLL(None if peer.library is None else str(peer.library)))
        except OSError as error:
            missing.append(f"{peer.name}, called from compiled Python: it works only preloaded ({error})")
    order, taken = random.Random(seed), {}
    for repetition in range(-1, repetitions):  # the first, which compiles, does not count
        for name in order.sample(list(callers), len(callers)):
            runs = callers[name].run_hot, callers[name].run_random
            for run, (workload, steps) in zip(runs, STEPS.items(), strict=True):
                taken[workload, name, repetition] = run(steps)
    return [_result(taken, workload, name, repetitions) for workload in STEPS for name in callers], missing


def _result(taken, workload, name, repetitions):
    own = [taken[workload, name, repetition] for repetition in range(repetitions)]
    ratios = [value / taken[workload, BASE, repetition] for repetition, value in enumerate(own)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Inlined(workload, name, statistics.median(own), middle, low, high)
