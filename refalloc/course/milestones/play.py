"""Heap calls of a real program, made on a learner's allocator, and every block verified."""

from bisect import bisect_left, insort

from refalloc.arena import MemoryFault
from refalloc.course.expect import WrongAnswerError
from refalloc.student import readable, shorten
from refalloc.trace.packed import ALLOC, load_trace

SPACE_FACTOR = 1.5  # times the memory that refalloc's pieces map: beyond it, slots are lost


def heap_calls(name, count, start=0, joins=True):
    """`count` events of a packed trace, from number `start` on.

    With `joins`, a free that an alloc of the same thread follows at once is told as one realloc: recorders write a
    realloc so.

    Returns: list of (what, thread, block, old block or None, length, align_log2): "alloc", "free" or "realloc".
    """
    rows = load_trace(name).rows()[start : start + count]
    known = {block for op, _, block, _, _ in rows if op == ALLOC}
    rows = [row for row in rows if row[2] in known]
    calls, place = [], 0
    while place < len(rows):
        op, thread, block, length, align_log2 = rows[place]
        following = rows[place + 1] if place + 1 < len(rows) else None
        if op == ALLOC:
            calls.append(("alloc", thread, block, None, length, align_log2))
        elif joins and following is not None and following[0] == ALLOC and following[1] == thread:
            calls.append(("realloc", thread, following[2], block, following[3], following[4]))
            place += 1
        else:
            calls.append(("free", thread, block, None, 0, 0))
        place += 1
    return calls


class Player:
    """Makes the calls, and keeps a book of its own.

    Args: allocator: with alloc and free, and realloc if it is called; heap: StudentHeap, which it works on.
    Attributes: live: {block: (addr, length, align_log2)}; story: str, what messages begin with.
    """

    def __init__(self, allocator, heap):
        self._allocator = allocator
        self._heap = heap
        self.live = {}
        self._starts = []  # addresses of live blocks, sorted
        self._owners = {}  # addr -> block
        self.story = ""

    def play(self, calls):
        """Make all calls, and look at all blocks at the end. Raises WrongAnswerError, StudentError."""
        for number, (what, _, block, old, length, align_log2) in enumerate(calls, start=1):
            if what == "alloc":
                self.alloc(number, block, length, align_log2)
            elif what == "free":
                self.free(number, block)
            else:
                self._realloc(number, block, old, length)
        self.look_at_all()

    def alloc(self, number, block, length, align_log2):
        self.tell(number, f"alloc({length})")
        addr = self.made(self._allocator.alloc, self._heap, length, align_log2)
        self._enter(block, addr, length, align_log2)

    def free(self, number, block):
        self.tell(number, f"free of a block of {self.live[block][1]}")
        self.made(self._allocator.free, self._heap, *self.leave(block))

    def _realloc(self, number, block, old, length):
        old_length = self.live[old][1]
        self.tell(number, f"realloc from {old_length} to {length}")
        addr, _, align_log2 = self.leave(old)
        addr = self.made(self._allocator.realloc, addr, old_length, length)
        self._enter(block, addr, length, align_log2, lambda: self._verify(addr, min(old_length, length), old))

    def look_at_all(self):
        """Look at all live blocks, and forget them."""
        for block in list(self.live):
            self.leave(block)

    def tell(self, number, call):
        """Have messages say that it is heap call `number`, and which."""
        self.story = f"Heap call {number:,}, {call}"

    def stop(self, what):
        """Raise WrongAnswerError: the call, and what is wrong, its addresses as offsets."""
        raise WrongAnswerError(readable(f"{self.story}: {what}", [self._heap]))

    def made(self, function, *args):
        """What function(*args) gives; a MemoryFault in it is told."""
        try:
            return function(*args)
        except MemoryFault as error:
            return self.stop(f"{error}. A link or an address is wrong")

    def _enter(self, block, addr, length, align_log2, look=lambda: None):
        if type(addr) is not int:
            self.stop(f"gave {shorten(addr)}; expected an address")
        if addr == 0:
            self.stop("gave 0, no memory, and there is some")
        if addr % (1 << align_log2):
            self.stop(f"gave {addr}, no multiple of {1 << align_log2}")
        place = bisect_left(self._starts, addr)
        for other in self._starts[max(place - 1, 0) : place + 1]:
            other_length = self.live[self._owners[other]][1]
            if addr < other + other_length and other < addr + length:
                self.stop(f"gave {addr}, where another block lies: {other_length} bytes at {other}")
        look()
        try:
            self._heap.write(addr, _pattern(block, length))
        except MemoryFault:
            self.stop(f"gave {addr}, and not all of the {length} bytes there are mapped")
        insort(self._starts, addr)
        self._owners[addr] = block
        self.live[block] = (addr, length, align_log2)

    def leave(self, block):
        """Verify a live block. Returns (addr, length, align_log2); it is live no more."""
        addr, length, align_log2 = self.live.pop(block)
        del self._starts[bisect_left(self._starts, addr)], self._owners[addr]
        self._verify(addr, length, block)
        return addr, length, align_log2

    def _verify(self, addr, length, block):
        try:
            found = self._heap.read(addr, length)
        except MemoryFault:
            self.stop(f"the block of {length} bytes at {addr} is not mapped any more")
        expected = _pattern(block, length)
        if found != expected:
            at = next(offset for offset in range(length) if found[offset] != expected[offset])
            self.stop(
                f"byte {at} of the block of {length} bytes at {addr} is not what its owner wrote: "
                "a link, or another block's bytes, came into it while it was live"
            )


def _pattern(block, length):
    word = (block * 0x9E3779B97F4A7C15 + 0x5555) % 2**64  # an odd multiplier: no two blocks below 2**32 agree
    return (word.to_bytes(8, "little") * (length // 8 + 1))[:length]
