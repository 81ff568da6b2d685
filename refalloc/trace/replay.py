"""Make the heap calls of a recorded program again, on this allocator, and verify every block.

Each call is made on a real thread that stands for the one in the trace, one at a time and in the order of the trace.
Every block is filled with a pattern of its own when it is handed out, and must still hold it when it is freed, or at
the end: two blocks that overlap, or a link written into a live block, show there.
"""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from refalloc.allocator import SIZE_CLASS_COUNT, SLAB_LEN, size_class_index, slot_size
from refalloc.arena import whole_pages
from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap
from refalloc.resident import ResidentUnknownError
from refalloc.trace.packed import ALLOC

EVENTS_PER_STEP = 2000  # between two reports of progress
SAMPLE_COUNT = 200  # of what is resident: as many points as a plot shows, and 0.2 s


class ReplayError(AssertionError):
    """A block did not hold what was written to it."""


@dataclass(frozen=True)
class ReplayReport:
    """What a replay did; lengths in bytes."""

    trace: str
    events: int
    threads: int
    allocs: int
    frees: int
    verified_blocks: int  # every block: at its free, or at the end
    peak_live_bytes: int  # asked for and not freed
    peak_mapped_bytes: int  # slabs and large maps
    internal_fragmentation: float  # at the peak of live bytes: the share of given bytes that nobody asked for
    slabs: int
    lanes: int
    lanes_used: int  # lanes that hold slots at the end
    seconds: float  # wall time, filling and verifying included
    events_per_second: float


def replay(trace, lane_count=None, on_progress=lambda done: None):
    """Make a trace's calls on a new heap, verify every block, and prove the heap sound at the end.

    Args:    trace: Trace; lane_count: int, None for the number of CPUs;
             on_progress: called with the number of events done, now and then.
    Returns: ReplayReport.
    Raises:  ReplayError, InvariantError; MemoryError when the arena is too small for the trace.
    """
    allocator = CheckedAllocator(Heap(lane_count))
    player = _Player(trace, allocator)
    start = time.perf_counter()
    _play(player, trace, len(trace), on_progress)
    seconds = time.perf_counter() - start
    check_invariants(allocator.heap, allocator.live_blocks())
    return _report(trace, player, allocator, seconds)


@dataclass(frozen=True)
class Footprint:
    """What a replay had of memory as it went on, in bytes.

    Attributes: live, mapped: list of int, after each event; resident: {events made: bytes that have memory behind
                them}, at some of them; empty where the system does not say. resident_unknown: str, why that is so,
                or "".
    """

    live: list[int]
    mapped: list[int]
    resident: dict[int, int]
    resident_unknown: str

    def curves(self):
        """What is known, for pictures.growth.plot_growth: {name: bytes}."""
        curves = {"mapped": self.mapped, "live": self.live, "resident": self.resident}
        return {name: curve for name, curve in curves.items() if curve}


def footprint(trace, event_count=None, lane_count=None, sample_count=SAMPLE_COUNT):
    """Make a trace's calls on a new heap, write and verify every byte of every block, and note the memory taken.

    Args:    trace: Trace; event_count: int, of its events from the first, None for all; lane_count: int, None for the
             number of CPUs; sample_count: int, 1 or more, how often at most the system is asked what is resident.
    Returns: Footprint.
    Raises:  ReplayError; MemoryError when the arena is too small for the trace; ValueError.
    """
    if sample_count < 1:
        raise ValueError(f"sample_count is {sample_count}; expected 1 or more")
    player = _WatchedPlayer(trace, CheckedAllocator(Heap(lane_count)), event_count, sample_count)
    _play(player, trace, player.event_count)
    return Footprint(player.live, player.mapped, player.resident, player.resident_unknown)


def _play(player, trace, event_count, on_progress=lambda done: None):
    """Make the first events of a trace, each on the thread that stands for its own, and verify what is left live."""
    with ExitStack() as stack:
        numbers = np.unique(trace.thread[:event_count]).tolist()
        threads = {thread: stack.enter_context(ThreadPoolExecutor(1)) for thread in numbers}
        for thread, first, last in _turns(trace.thread[:event_count]):
            threads[thread].submit(player.play, first, last).result()
            on_progress(last)
    for block in player.where:
        player.verify(block)


class _Player:
    """Makes the calls. Attributes: where, {block: addr} of what is live."""

    def __init__(self, trace, allocator):
        self.calls = trace.rows()
        self.allocator = allocator
        self.where = {}
        self.asked = {}  # block -> (length, alignment)
        self.live_len = self.given_len = 0
        self.peak_live_len = self.given_len_at_peak = 0
        self.verified_count = 0

    def play(self, first, last):
        for op, _, block, size, align_log2 in self.calls[first:last]:
            if op == ALLOC:
                self.alloc(block, size, align_log2)
            else:
                self.free(block)

    def alloc(self, block, length, align_log2):
        addr = self.allocator.alloc(length, 1 << align_log2)
        self.allocator.view(addr, length)[:] = pattern(block, length)
        self.where[block] = addr
        self.asked[block] = (length, 1 << align_log2)
        self.live_len += length
        self.given_len += _given_len(length, align_log2)
        if self.live_len > self.peak_live_len:
            self.peak_live_len, self.given_len_at_peak = self.live_len, self.given_len

    def free(self, block):
        self.verify(block)
        length, alignment = self.asked.pop(block)
        self.allocator.free(self.where.pop(block), length, alignment)
        self.live_len -= length
        self.given_len -= _given_len(length, alignment.bit_length() - 1)

    def verify(self, block):
        addr, (length, _) = self.where[block], self.asked[block]
        expected = pattern(block, length)
        found = self.allocator.view(addr, length).tobytes()
        if found != expected:
            at = next(offset for offset in range(length) if found[offset] != expected[offset])
            raise ReplayError(
                f"block {block} ({length} bytes at {addr:#x}) was overwritten: byte {at} is {found[at]:#04x}, "
                f"not {expected[at]:#04x}; another block overlaps it, or a free slot's link was written there"
            )
        self.verified_count += 1


class _WatchedPlayer(_Player):
    """Notes the memory taken. Attributes: as of Footprint."""

    def __init__(self, trace, allocator, event_count, sample_count):
        super().__init__(trace, allocator)
        self.event_count = len(trace) if event_count is None else min(event_count, len(trace))
        self.samples = set(np.linspace(1, self.event_count, sample_count).astype(int).tolist())
        self.live, self.mapped, self.resident, self.resident_unknown = [], [], {}, ""

    def play(self, first, last):
        for event in range(first, last):
            super().play(event, event + 1)
            self.note(event + 1)

    def note(self, done):
        self.live.append(self.live_len)
        self.mapped.append(self.allocator.heap.mapped_len)
        if done in self.samples and not self.resident_unknown:
            try:
                self.resident[done] = self.allocator.heap.resident_len()
            except ResidentUnknownError as error:
                self.resident_unknown = str(error)


def pattern(block, length):
    """What block number `block` is filled with: an 8-byte word that no other block shares, again and again."""
    word = (block * 0x9E3779B97F4A7C15 + 0x5555) % 2**64  # an odd multiplier: no two blocks below 2**32 agree
    return (word.to_bytes(8, "little") * (length // 8 + 1))[:length]


def _given_len(length, align_log2):
    size_class = size_class_index(length, align_log2)
    return slot_size(size_class) if size_class < SIZE_CLASS_COUNT else whole_pages(length)


def _turns(threads):
    """Ranges of events that one thread makes: (thread, first, last + 1), of at most EVENTS_PER_STEP."""
    bounds = [0, *(np.flatnonzero(np.diff(threads)) + 1).tolist(), len(threads)]
    for start, stop in itertools.pairwise(bounds):
        for first in range(start, stop, EVENTS_PER_STEP):
            yield int(threads[first]), first, min(first + EVENTS_PER_STEP, stop)


def _report(trace, player, allocator, seconds):
    heap = allocator.heap
    large = {addr for addr, length, align_log2 in allocator.live_blocks() if _is_large(length, align_log2)}
    allocs = int(np.count_nonzero(trace.op == ALLOC))
    return ReplayReport(
        trace=trace.name,
        events=len(trace),
        threads=len(np.unique(trace.thread)),
        allocs=allocs,
        frees=len(trace) - allocs,
        verified_blocks=player.verified_count,
        peak_live_bytes=player.peak_live_len,
        peak_mapped_bytes=heap.peak_mapped_len,
        internal_fragmentation=1 - player.peak_live_len / max(player.given_len_at_peak, 1),
        slabs=sum(length == SLAB_LEN for addr, length in heap.mappings() if addr not in large),
        lanes=len(heap.lanes),
        lanes_used=sum(any(lane.frees) or any(lane.next_addrs) for lane in heap.lanes),
        seconds=seconds,
        events_per_second=len(trace) / seconds,
    )


def _is_large(length, align_log2):
    return size_class_index(length, align_log2) >= SIZE_CLASS_COUNT
