"""Wear a text's library out: threads, forks, small blocks and large ones, all verified; and memory that stays level.

The reference's memory is not level, and that is its design: a slot goes to the lane that its freer got, and an alloc
looks into two lanes at most, so what one lane has in plenty another maps anew. The original does the same: in 400
rounds without forks it went from 2.9 to 9.8 and 7.3 MiB (seeds 1 and 2), the reference from 3.0 to 13.5 and 10.2, and
with forks from 3.2 to 10.6. Nothing is lost: on NativeHeap, after the rounds, every byte that is mapped lies in a free
list or in the unused end of a slab, seven eighths of them in the first lane. The second text hands slots over by the
batch, and looks into every lane.
"""

import subprocess
from dataclasses import dataclass

from refalloc.native.export import cached_library
from refalloc.native.running import preloading
from refalloc.native.soak import build_soak

THREADS, STEPS = 4, 2000  # of each in a round
LEVEL_RATIO, LEVEL_ROOM = 1.5, 8 << 20  # memory at the end may be that many times what it was early, and bytes more
UNLEVEL = (
    "NOT level. Either blocks are lost, or their slots wait in lanes that an alloc does not look into, as in the "
    "reference and in the original it follows; `--from improved` shows the remedy"
)


@dataclass(frozen=True)
class SoakReport:
    """What a soak did. Attributes of resident memory, in bytes, are without a live block."""

    rounds: int
    steps: int  # a block each, and most of them reallocated or freed by another thread
    forks: int
    early_len: int
    end_len: int
    most_len: int

    @property
    def is_level(self):
        """Is memory at the end about what it was in the first quarter of the time?"""
        return self.end_len <= LEVEL_RATIO * self.early_len + LEVEL_ROOM

    def __str__(self):
        mib = 1 << 20
        return (
            f"{self.rounds:,} rounds, {self.steps:,} blocks and {self.forks:,} forks, nothing lost; resident memory "
            f"{self.early_len / mib:.1f} MiB early, {self.end_len / mib:.1f} at the end, {self.most_len / mib:.1f} at "
            f"most: {'level' if self.is_level else UNLEVEL}"
        )


class SoakError(Exception):
    """A block was lost, a child hung or the program crashed; the message says which."""


def soak(text, seconds, seed=1):
    """Run the soak on a text's library, at the lowest priority.

    Args:    text: as for export; seconds: int; seed: int, 0 or more.
    Returns: SoakReport.
    Raises:  as export; SoakError.
    """
    command = ["nice", "-n", "19", str(build_soak()), *map(str, (seconds, THREADS, STEPS, seed))]
    done = subprocess.run(command, env=preloading(cached_library(text)), capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip() or "it said nothing"
        raise SoakError(f"the soak ended with {done.returncode} (seed {seed}): {said}")
    return SoakReport(*map(int, done.stdout.split()))
