"""Heap calls of a real program, made on a learner's allocator, and every block verified.

A free that an alloc follows at once, by the same thread, is made as one realloc: recorders write a realloc so.
"""

from bisect import bisect_left, insort

from refalloc.arena import MemoryFault
from refalloc.course.expect import WrongAnswerError
from refalloc.student import readable, shorten
from refalloc.trace.packed import ALLOC, load_trace

SPACE_FACTOR = 1.5  # times the memory that refalloc's pieces map: beyond it, slots are lost


def heap_calls(name, count):
    """The first `count` events of a packed trace, reallocs put together again.

    Returns: list of (what, block, old block or None, length, align_log2): "alloc", "free" or "realloc".
    """
    rows = load_trace(name).rows()[:count]
    calls, place = [], 0
    while place < len(rows):
        op, thread, block, length, align_log2 = rows[place]
        following = rows[place + 1] if place + 1 < len(rows) else None
        if op == ALLOC:
            calls.append(("alloc", block, None, length, align_log2))
        elif following is not None and following[0] == ALLOC and following[1] == thread:
            calls.append(("realloc", following[2], block, following[3], following[4]))
            place += 1
        else:
            calls.append(("free", block, None, 0, 0))
        place += 1
    return calls


class Player:
    """Makes the calls, and keeps a book of its own.

    Args: allocator: with alloc, free and realloc; heap: StudentHeap, which it works on.
    """

    def __init__(self, allocator, heap):
        self._allocator = allocator
        self._heap = heap
        self._live = {}  # block -> (addr, length, align_log2)
        self._starts = []  # addresses of live blocks, sorted
        self._owners = {}  # addr -> block
        self._story = ""

    def play(self, calls):
        """Make all calls, and look at all blocks at the end. Raises WrongAnswerError, StudentError."""
        for number, (what, block, old, length, align_log2) in enumerate(calls, start=1):
            if what == "alloc":
                self._tell(number, f"alloc({length})")
                addr = self._made(self._allocator.alloc, self._heap, length, align_log2)
                self._enter(block, addr, length, align_log2)
            elif what == "free":
                self._tell(number, f"free of a block of {self._live[block][1]}")
                addr, length, align_log2 = self._leave(block)
                self._made(self._allocator.free, self._heap, addr, length, align_log2)
            else:
                old_length = self._live[old][1]
                self._tell(number, f"realloc from {old_length} to {length}")
                addr, _, align_log2 = self._leave(old)
                addr = self._made(self._allocator.realloc, addr, old_length, length)
                kept = min(old_length, length)
                self._enter(block, addr, length, align_log2, lambda: self._verify(addr, kept, old))  # noqa: B023 at once
        self._tell(len(calls), "the last")
        for block in list(self._live):
            self._leave(block)

    def _tell(self, number, call):
        self._story = f"Heap call {number:,}, {call}"

    def _stop(self, what):
        raise WrongAnswerError(readable(f"{self._story}: {what}", [self._heap]))

    def _made(self, function, *args):
        try:
            return function(*args)
        except MemoryFault as error:
            return self._stop(f"{error}. A link or an address is wrong")

    def _enter(self, block, addr, length, align_log2, look=lambda: None):
        if type(addr) is not int:
            self._stop(f"gave {shorten(addr)}; expected an address")
        if addr == 0:
            self._stop("gave 0, no memory, and there is some")
        if addr % (1 << align_log2):
            self._stop(f"gave {addr}, no multiple of {1 << align_log2}")
        place = bisect_left(self._starts, addr)
        for other in self._starts[max(place - 1, 0) : place + 1]:
            other_length = self._live[self._owners[other]][1]
            if addr < other + other_length and other < addr + length:
                self._stop(f"gave {addr}, where another block lies: {other_length} bytes at {other}")
        look()
        try:
            self._heap.write(addr, _pattern(block, length))
        except MemoryFault:
            self._stop(f"gave {addr}, and not all of the {length} bytes there are mapped")
        insort(self._starts, addr)
        self._owners[addr] = block
        self._live[block] = (addr, length, align_log2)

    def _leave(self, block):
        addr, length, align_log2 = self._live.pop(block)
        del self._starts[bisect_left(self._starts, addr)], self._owners[addr]
        self._verify(addr, length, block)
        return addr, length, align_log2

    def _verify(self, addr, length, block):
        try:
            found = self._heap.read(addr, length)
        except MemoryFault:
            self._stop(f"the block of {length} bytes at {addr} is not mapped any more")
        expected = _pattern(block, length)
        if found != expected:
            at = next(offset for offset in range(length) if found[offset] != expected[offset])
            self._stop(
                f"byte {at} of the block of {length} bytes at {addr} is not what its owner wrote: "
                "a link, or another block's bytes, came into it while it was live"
            )


def _pattern(block, length):
    word = (block * 0x9E3779B97F4A7C15 + 0x5555) % 2**64  # an odd multiplier: no two blocks below 2**32 agree
    return (word.to_bytes(8, "little") * (length // 8 + 1))[:length]
