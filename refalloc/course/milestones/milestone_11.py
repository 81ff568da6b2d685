"""The checks of milestone 11: as of 07, with threads. Two things are proved of each set of pieces.

a recorded program   its calls on the threads that made them, one at a time, while others hold some of the lanes
two small threads    under every schedule with few preemptions
"""

import contextvars
import random
from functools import partial
from types import SimpleNamespace

import pytest

from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.milestones import find_milestone
from refalloc.course.milestones.assembly import LARGE, MIN_SLOT, SLAB_LEN
from refalloc.course.milestones.lanes import LaneAssembly
from refalloc.course.milestones.play import SPACE_FACTOR, Player, heap_calls
from refalloc.course.milestones.trying import try_piece, try_together
from refalloc.course.threads import require_safe
from refalloc.student import StudentError, StudentHeap

PROGRAM, EVENT_COUNT, START = "python-threads", 4000, 140_000  # where four threads are at work
LANE_COUNT = 4
COUNTERS_LEN = 4096
CALLS_PER_FETCH = 50
TRIES = 1000  # in vain, one after the other
RUN_LIMIT = 600


class BusyHeap(StudentHeap):
    """A heap on which nobody can wait for ever."""

    def __init__(self, *args):
        super().__init__(*args)
        self._failed = 0

    def try_lock(self, lane):
        if super().try_lock(lane):
            self._failed = 0
            return True
        self._failed += 1
        if self._failed > TRIES:
            raise StudentError(
                "incorrect", f"lane {lane.index} is taken, and was waited for, while another lane was free"
            )
        return False


class ThreadedPlayer(Player):
    """Makes each call as the thread that made it, while somebody holds some of the other lanes."""

    def __init__(self, assembly, heap):
        super().__init__(assembly, heap)
        self._assembly = assembly
        self._heap = heap
        self._draw = random.Random(11)
        self._contexts = {}  # thread -> where its thread index lives
        self.counters = heap.map(COUNTERS_LEN, 12)
        self.counted = 0

    def play_threads(self, calls):
        place = 0
        while place < len(calls):
            what, thread, block, _, length, align_log2 = calls[place]
            blocks = [block]
            while what == "free" and self._belongs(calls, place + len(blocks), thread, block):
                blocks.append(calls[place + len(blocks)][2])
            context = self._contexts.setdefault(thread, contextvars.Context())
            context.run(self._among_others, place + 1, what, blocks, length, align_log2)
            place += len(blocks)

    def _belongs(self, calls, place, thread, first):
        """Whether a call frees a block of the same class as `first`, by the same thread."""
        if place >= len(calls) or calls[place][:2] != ("free", thread):
            return False
        return _class_of(self.live[calls[place][2]]) == _class_of(self.live[first])

    def _among_others(self, number, what, blocks, length, align_log2):
        lanes = self._heap.lanes
        held = self._draw.sample(lanes, self._draw.choice([0, 0, 1, len(lanes) - 1]))
        for lane in held:
            lane.token.pop()
        if what == "alloc":
            self.alloc(number, blocks[0], length, align_log2)
            self.made(self._assembly.count, self._heap, self.counters, length)
            self.counted += length
        elif len(blocks) == 1:
            self.free(number, blocks[0])
        else:
            self.tell(number, f"free of {len(blocks)} blocks at once")
            left = [self.leave(block) for block in blocks]
            self.made(self._assembly.free_all, self._heap, [addr for addr, _, _ in left], *left[0][1:])
        if number % CALLS_PER_FETCH == 0 and what == "alloc":
            self.tell(number, "fetch")
            self.made(self._assembly.fetch, self._heap, length, align_log2)
        for lane in lanes:
            if lane not in held and not lane.token:
                self.stop(f"lane {lane.index} was left locked")
        for lane in held:
            self._heap.unlock(lane)


def _class_of(block):
    _, length, align_log2 = block
    return max(length - 1, (1 << align_log2) - 1, 15).bit_length()


def played(pieces, calls, chosen):
    """The player after the program's calls, and the assembly."""
    heap = pieces.new_heap(LANE_COUNT, BusyHeap)
    assembly = pieces.assemble(LaneAssembly, chosen)
    player = ThreadedPlayer(assembly, heap)
    player.play_threads(calls)
    return player, assembly, heap


def prove(pieces, chosen):
    """Play, count, compare the memory, give back; then try all schedules. Returns (bytes mapped, refalloc's, calls)."""
    calls = [call for call in heap_calls(PROGRAM, EVENT_COUNT, START, joins=False) if call[4] <= SLAB_LEN // 2]
    usual = played(pieces, calls, ())[2].peak_mapped_len
    player, assembly, heap = played(pieces, calls, chosen)
    total = assembly.total(heap, player.counters)
    if total is not None:
        require(f"After {len(calls):,} heap calls of {PROGRAM}, total gave", total, player.counted)
    got = heap.peak_mapped_len
    if got > SPACE_FACTOR * usual:
        raise WrongAnswerError(
            f"After {len(calls):,} heap calls of {PROGRAM}, {got >> 10:,} KiB are mapped; with refalloc's pieces "
            f"{usual >> 10:,} KiB were enough. Slots that were given back do not come again"
        )
    player.story = f"After {len(calls):,} heap calls of {PROGRAM}"
    require_conserved(player, heap)
    require_given_back(player, assembly, heap)
    player.look_at_all()
    require_orders(pieces, chosen)
    return got, usual, calls


def require_conserved(player, heap):
    """Every slot of every slab is live, or in one list once, or not handed out yet."""
    mapped = sum(length for addr, length in heap.mappings() if addr != player.counters)
    live = sum(1 << _class_of(block) for block in player.live.values())
    met, listed, fresh = {addr for addr, _, _ in player.live.values()}, 0, 0
    for lane in heap.lanes:
        for size_class in range(LARGE):
            slot = lane.frees[size_class]
            while slot != 0:
                if slot in met:
                    player.stop(f"the slot at {slot} is in two lists, or in a list while it is live")
                met.add(slot)
                listed += MIN_SLOT << size_class
                slot = player.made(heap.load, slot)
            fresh += -lane.next_addrs[size_class] % SLAB_LEN
    lost = mapped - live - listed - fresh
    if lost > 0:
        player.stop(f"of {mapped:,} bytes of slabs, {lost:,} are in no list, and nobody has them")
    if lost < 0:
        player.stop(f"{mapped:,} bytes of slabs are mapped, and blocks and lists have {-lost:,} more than that")


def require_given_back(player, assembly, heap):
    """All slabs that hold a live block stay, and no other."""
    for lane in heap.lanes:
        assert heap.try_lock(lane)
    given = assembly.give_back(heap)
    if given is None:
        return
    needed = {addr // SLAB_LEN * SLAB_LEN for addr, _, _ in player.live.values()}
    found = {addr for addr, length in heap.mappings() if length == SLAB_LEN}
    require("After give_back of each class, slabs that hold live blocks and are unmapped:", len(needed - found), 0)
    require("After give_back of each class, slabs that hold no live block and are there:", len(found - needed), 0)


def require_orders(pieces, chosen):
    """Two threads, two lanes, every schedule with few preemptions."""
    assembly = pieces.assemble(LaneAssembly, chosen)

    def program(thread):
        first = thread.alloc(24)
        assembly.count(thread.heap, thread.prepared, 24)
        second = thread.alloc(24)
        thread.free(first)
        thread.free(second)

    def counted(run):
        total = assembly.total(run.heap, run.prepared)
        return total in (None, 48) or f"total gave {total} after two counts of 24"

    text = SimpleNamespace(alloc=assembly.alloc, free=assembly.free)
    require_safe(
        "Two threads, each of which allocs two blocks and frees them",
        [program, program],
        counted,
        prepare=lambda thread: thread.heap.map(COUNTERS_LEN, 12),
        text=text,
        limit=RUN_LIMIT,
    )


@pytest.mark.points(0)
@pytest.mark.parametrize("piece", find_milestone("11").pieces)
def test_right_among_pieces_of_refalloc(pieces, piece):
    try_piece(pieces, piece, partial(prove, pieces))


@pytest.mark.points(0)
def test_all_your_pieces_together(pieces, say):
    got, usual, calls = try_together(pieces, partial(prove, pieces))
    threads = len({call[1] for call in calls})
    say(
        f"{len(calls):,} heap calls of {threads} threads of {PROGRAM}, and every byte of every block as its owner "
        f"wrote it. At most {got >> 10:,} KiB were mapped; with refalloc's pieces it is {usual >> 10:,}. "
        "Two threads went right in every order that was tried."
    )
