"""How fast the explorer goes through schedules, beside frontrun, a general tool for any Python program.

Both run the same text and the same programs: two threads doing alloc, alloc, free, alloc, with at most two preemptions.
They take turns, round by round, and each counts the schedules that it has run to their ends; ours without the
reduction, which only ends runs early. frontrun runs real threads under its own launcher, and so in a process of its
own, which times the exploring alone (frontrun_peer.py). Where the two may switch differs: frontrun at each access to a
shared object, ours at each lock, with a race detector for what lies between.
"""

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from refalloc.schedule import explore

PREEMPTIONS = 2
ROUNDS = 5
FRONTRUN_RUNS = 40  # schedules of one round: some 2 s
FRONTRUN_TIMEOUT = 300  # seconds, for one round with the start of its process
OWN_SECONDS = 1.0  # of one round, at least


class PeerError(RuntimeError):
    """frontrun cannot be run."""


@dataclass(frozen=True)
class Rate:
    """Schedules a second: by the clock on the wall, and by processor time, which other work leaves be."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Space:
    """How long a whole space of schedules takes. runs: with equal orders left out; plain_runs: with none left out."""

    name: str
    runs: int
    seconds: float
    plain_runs: int
    plain_seconds: float


@dataclass(frozen=True)
class ExploreReport:
    """Rates, round by round. Attributes: own, frontrun: lists of Rate; frontrun is empty without it."""

    own: list
    frontrun: list
    spaces: list

    def ratio(self, clock):
        """The median over rounds of own / frontrun, by "wall" or "processor"; None without frontrun."""
        if not self.frontrun:
            return None
        rounds = zip(self.own, self.frontrun, strict=True)
        return statistics.median(getattr(own, clock) / getattr(peer, clock) for own, peer in rounds)


def churn(thread):
    """alloc, alloc, free, alloc."""
    first = thread.alloc(24)
    thread.alloc(24)
    thread.free(first)
    thread.alloc(24)


def pair(thread):
    """alloc, free."""
    thread.free(thread.alloc(24))


SPACES = {"2 threads of 4 operations": [churn] * 2, "3 threads of 2 operations": [pair] * 3}


def measure(rounds=ROUNDS, with_frontrun=True, own_seconds=OWN_SECONDS, frontrun_runs=FRONTRUN_RUNS, step=None):
    """Measure. Returns ExploreReport.

    Args:    rounds: int, 1 or more; with_frontrun: bool; own_seconds: float, seconds of one round of ours, at least;
             frontrun_runs: int, schedules of one round of theirs; step: function of nothing, called after each part.
    Raises:  PeerError when frontrun is asked for and cannot be run.
    """
    if with_frontrun:
        require_frontrun()
    own, frontrun = [], []
    for _ in range(rounds):
        own.append(own_rate(own_seconds))
        if with_frontrun:
            frontrun.append(frontrun_rate(frontrun_runs))
        if step is not None:
            step()
    spaces = []
    for name, programs in SPACES.items():
        runs, seconds = whole_space(programs, reduces=True)
        plain_runs, plain_seconds = whole_space(programs, reduces=False)
        spaces.append(Space(name, runs, seconds, plain_runs, plain_seconds))
        if step is not None:
            step()
    return ExploreReport(own, frontrun, spaces)


def own_rate(least_seconds):
    """The Rate of schedules that are all run to their ends, over as many whole spaces as fill `least_seconds`."""
    runs = seconds = 0
    start = time.process_time()
    while runs == 0 or seconds < least_seconds:
        more_runs, more_seconds = whole_space([churn] * 2, reduces=False)
        runs += more_runs
        seconds += more_seconds
    return Rate(runs / seconds, runs / (time.process_time() - start))


def whole_space(programs, reduces):
    """All schedules with at most PREEMPTIONS preemptions. Returns (how many, seconds)."""
    start = time.perf_counter()
    found = explore(programs, preemptions=PREEMPTIONS, reduces=reduces)
    seconds = time.perf_counter() - start
    found.assert_ok()
    return found.run_count, seconds


def require_frontrun():
    """Raise PeerError unless frontrun is installed."""
    if importlib.util.find_spec("frontrun") is None:
        raise PeerError(
            "frontrun is not installed; install the extra `bench` (pip install -e '.[bench]'), "
            "or leave it out with --alone"
        )


def frontrun_rate(runs):
    """The Rate of frontrun, which stops after `runs` schedules. Raises PeerError."""
    launch = "import sys; from frontrun.cli import main; sys.exit(main())"
    peer = [sys.executable, "-m", "refalloc.bench.frontrun_peer", str(runs), str(PREEMPTIONS)]
    done = subprocess.run(
        [sys.executable, "-c", launch, *peer], capture_output=True, text=True, timeout=FRONTRUN_TIMEOUT
    )
    if done.returncode != 0:
        raise PeerError(f"frontrun failed with status {done.returncode}: {done.stderr.strip()[-500:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Rate(answer["runs"] / answer["seconds"], answer["runs"] / answer["processor_seconds"])
