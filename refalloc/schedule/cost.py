"""What the text of an allocator costs on the heap calls of a program: space and steps, beside the reference's.

Space is the most that was mapped at once. Steps are what the text does with its heap: words, fields of lanes, locks,
its thread index and pages; a call for pages counts as PAGE_STEPS, as it is a system call. Both are the same on every
machine and in every run. Left out: what the text computes between its steps.

A text is any object with alloc and free, as in refalloc.allocator, so also one that asks another process.
"""

import bisect
from dataclasses import dataclass

from refalloc import allocator
from refalloc.arena import MemoryFault, whole_pages
from refalloc.heap import Heap
from refalloc.schedule.explore import replay
from refalloc.trace.events import Kind
from refalloc.trace.packed import ALLOC, load_trace
from refalloc.trace.replay import pattern

LANE_COUNT = 4
SPACE_EVENTS = 4_000  # of each trace, from its beginning, for space
STEP_EVENTS = 500  # for steps, each of which is made on the stepped machine
STEP_LIMIT = 100 * STEP_EVENTS  # an event takes a dozen
PAGE_STEPS = 250  # a system call takes a microsecond, a word in the cache a few nanoseconds
_PAGE_KINDS = (Kind.MAP, Kind.UNMAP, Kind.REMAP)
_STEP_KINDS = tuple(kind for kind in Kind if Kind.LOAD <= kind < Kind.MAP)


class WrongBlockError(AssertionError):
    """A block that is no block, or that did not keep its bytes; the message names the event, from 1.

    Attributes: pieces: list of (name, start, end), what lies where it should not, in bytes from the start of a mapping;
                [] where the message says all.
    """

    def __init__(self, message, pieces=()):
        super().__init__(message)
        self.pieces = list(pieces)


@dataclass(frozen=True)
class Steps:
    """Steps of a text. Attributes: count: int, pages weighed; pages: int, calls of map, unmap and remap among them."""

    count: int
    pages: int


def first_events(trace_name, count):
    """The first `count` events of a recorded program: list of tuples (op, thread, block, size, align_log2)."""
    return load_trace(trace_name).rows(count)


def play(text, heap, story, rows):
    """Make the calls of `rows` on `heap` with `text`, and verify every byte of every block.

    Thread t of the rows begins in lane t, as if it had met others in the lanes before.

    Args:    heap: refalloc.heap.Heap, empty; story: str, what the rows are, for messages; rows: as of first_events.
    Returns: int, bytes mapped at most.
    Raises:  WrongBlockError; what the text raises.
    """
    indexes: dict[int, int] = {}
    live = _Live(heap, story)
    for event, (op, thread, block, length, align_log2) in enumerate(rows, start=1):
        heap.set_thread_index(indexes.get(thread, thread % len(heap.lanes)))
        if op == ALLOC:
            addr = text.alloc(heap, length, align_log2)
            live.add(event, block, addr, length, align_log2)
        else:
            addr, length, align_log2 = live.remove(event, block)
            text.free(heap, addr, length, align_log2)
        locked = [lane.index for lane in heap.lanes if not lane.token]
        if locked:
            call = "alloc" if op == ALLOC else "free"
            raise WrongBlockError(f"{story}, event {event}: {call} returned, and lane {locked[0]} is still locked")
        indexes[thread] = heap.thread_index
    live.verify_all()
    return heap.peak_mapped_len


class _Live:
    """The live blocks, sorted by address, each filled with a pattern of its own."""

    def __init__(self, heap, story):
        self.heap = heap
        self.story = story
        self.blocks = {}  # block -> (addr, length, align_log2, event)
        self.places = []  # (addr, block), sorted

    def add(self, event, block, addr, length, align_log2):
        what = f"{self.story}, event {event}: alloc(heap, {length}, {align_log2}) gave"
        if type(addr) is not int or addr <= 0:
            raise WrongBlockError(f"{what} {addr!r}; expected an address, as the system has memory")
        if addr % (1 << align_log2):
            raise WrongBlockError(f"{what} {self.place(addr)}, not a multiple of {1 << align_log2}")
        at = bisect.bisect(self.places, (addr, block))
        for other_addr, other in self.places[max(at - 1, 0) : at + 1]:
            other_len = self.blocks[other][1]
            if other_addr < addr + length and addr < other_addr + other_len:
                event_before = self.blocks[other][3]
                raise WrongBlockError(
                    f"{what} {self.place(addr)}, where the block of {other_len} bytes of event {event_before} lies, "
                    "which is not freed",
                    self.pieces((f"event {event_before}", other_addr, other_len), (f"event {event}", addr, length)),
                )
        try:
            self.heap.write(addr, pattern(block, length))
        except MemoryFault:
            pieces = self.pieces(("mapping", *self.mapping_of(addr)), (f"event {event}", addr, length))
            told = f"{what} {self.place(addr)}, and the block ends past what is mapped"
            raise WrongBlockError(told, pieces) from None
        self.places.insert(at, (addr, block))
        self.blocks[block] = (addr, length, align_log2, event)

    def remove(self, event, block):
        self.verify(f"event {event}", block)
        addr, length, align_log2, _ = self.blocks.pop(block)
        del self.places[bisect.bisect_left(self.places, (addr, block))]
        return addr, length, align_log2

    def verify_all(self):
        for block in self.blocks:
            self.verify("at the end", block)

    def verify(self, when, block):
        addr, length, _, event = self.blocks[block]
        told = f"{self.story}, {when}: the block of {length} bytes of event {event}, {self.place(addr)},"
        try:
            found = self.heap.read(addr, length)
        except MemoryFault:
            raise WrongBlockError(f"{told} is no longer mapped, though it is not freed") from None
        if found != pattern(block, length):
            raise WrongBlockError(f"{told} does not hold what its owner wrote; who wrote there?")

    def pieces(self, *pieces):
        """(name, address, length) each, as of WrongBlockError; [] where the last one lies in no mapping."""
        base, mapped_len = self.mapping_of(pieces[-1][1])
        if mapped_len == 0:
            return []
        return [(name, start - base, start - base + length) for name, start, length in pieces]

    def mapping_of(self, addr):
        """(start, length) of the mapping that `addr` lies in; (0, 0) for none."""
        return next((mapping for mapping in self.heap.mappings() if 0 <= addr - mapping[0] < mapping[1]), (0, 0))

    def place(self, addr):
        """An address from the start of its mapping."""
        start, length = self.mapping_of(addr)
        if length == 0:
            return "an address that is not mapped"
        return f"{'slab' if length > whole_pages(1) else 'mapping'} + {addr - start}"


def steps(text, rows):
    """Make the calls of `rows` on the stepped machine, in one simulated thread, and count.

    Args:    rows: as of first_events.
    Returns: Steps.
    Raises:  WrongBlockError with the verdict, when something goes wrong.
    """

    def program(thread):
        live: dict[int, int] = {}
        indexes: dict[int, int] = {}
        for op, number, block, length, align_log2 in rows:
            thread.heap.thread_indexes[thread.number] = indexes.get(number, number % LANE_COUNT)
            if op == ALLOC:
                live[block] = thread.alloc(length, align_log2)
            else:
                thread.free(live.pop(block))
            indexes[number] = thread.heap.thread_indexes.get(thread.number, 0)

    run = replay([], [program], text=text, lane_count=LANE_COUNT, invariants=None, step_limit=STEP_LIMIT)
    if run.verdict is not None:
        raise WrongBlockError(run.verdict.message)
    counts = dict.fromkeys(Kind, 0)
    is_text = False  # or else it is the machine, which fills blocks and verifies them
    for kind in run.recording.events["kind"].tolist():
        if kind in (Kind.CALL_ALLOC, Kind.CALL_FREE):
            is_text = True
        elif kind in (Kind.RETURN_ALLOC, Kind.RETURN_FREE):
            is_text = False
        elif is_text:
            counts[kind] += 1
    pages = sum(counts[kind] for kind in _PAGE_KINDS)
    return Steps(sum(counts[kind] for kind in _STEP_KINDS) + PAGE_STEPS * pages, pages)


def reference_space(rows):
    """What play gives for the reference."""
    return play(allocator, _PlainHeap(LANE_COUNT), "the reference", rows)


def reference_steps(rows):
    """What steps gives for the reference."""
    return steps(allocator, rows)


class _PlainHeap(Heap):
    """A heap whose bytes go in and out as copies."""

    def read(self, addr, length):
        return bytes(self.view(addr, length))

    def write(self, addr, data):
        self.view(addr, len(data))[:] = data
