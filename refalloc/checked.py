"""The allocator as a caller meets it: every argument checked, every wrong call answered with a sentence.

The text of allocator.py trusts its caller, as C's malloc does: a block freed twice is handed out twice, and a wrong
length puts a slot into the list of another class. Here a table of live blocks stands in front of it, so a wrong call
raises before it reaches the metadata, and changes nothing.

alloc and free are specialised when the allocator is made: text, heap and checks become one function each, which does
the same in a quarter of the time. Their common case comes first and alone, so that all else may take its time.
"""

import operator
import typing

from refalloc import allocator
from refalloc.heap import Heap
from refalloc.trim import lock_all, trim_heap, unlock_all

DEFAULT_ALIGNMENT = 16  # bytes
ALIGNMENT_LIMIT, LENGTH_LIMIT = 65, 32769  # bytes; what is asked below both is small, and checked once


class Request:
    """What was asked for, and found good. Never changed once it is made.

    Attributes: length: int, bytes, 1 or more; align_log2: int, 0 or more; size_class: int, what they come to.
    """

    __slots__ = ("align_log2", "length", "size_class")  # a dataclass would be shorter, and its import as long as all

    def __init__(self, length, align_log2):
        self.length = length
        self.align_log2 = align_log2
        self.size_class = allocator.size_class_index(length, align_log2)


class CheckedAllocator:
    """A heap and the table of its live blocks. Safe to share between threads.

    Args:    heap: Heap; None for one with the defaults.
    """

    heap: typing.Final[Heap]
    _live: typing.Final[dict]
    _requests: typing.Final[list]

    def __init__(self, heap=None):
        self.heap = Heap() if heap is None else heap
        # addr -> Request. Each step on this dict is atomic. An entry is removed before its block goes back and added
        # after it is handed out, so two threads that free one block at once cannot both find it.
        self._live = {}
        # requests[alignment][length] -> Request, or None: what was found good before is the same object, and need not
        # be checked again. Each table is twice as long as is ever filled: an index below 0 leads to the other half.
        self._requests = [()] * (2 * ALIGNMENT_LIMIT)
        from refalloc.specialize import (
            specialize,
        )  # here, so that importing the package alone does not parse and compile

        for name in ("alloc", "free"):
            whole, given = (getattr(allocator, name),), {allocator.size_class_index: "request.size_class"}
            setattr(self, name, specialize(getattr(self, name), whole=whole, given=given))

    def alloc(self, length, alignment=DEFAULT_ALIGNMENT):
        """A block of `length` bytes at a multiple of `alignment`; see refalloc.alloc."""
        try:
            request = self._requests[alignment][length]
        except (IndexError, TypeError):
            request = None
        if request is None:
            return self._alloc_checked(length, alignment)
        addr = allocator.alloc(self.heap, length, request.align_log2)
        if not addr:
            raise self._no_room(length, alignment)
        self._live[addr] = request
        return addr

    def free(self, addr, length, alignment=DEFAULT_ALIGNMENT):
        """Take back what alloc returned; see refalloc.free."""
        found = self._live.pop(addr, 0)
        try:
            request = self._requests[alignment][length]
        except (IndexError, TypeError):
            request = None
        if found is request and type(addr) is int:  # 8.0 finds what 8 does, and is no address
            allocator.free(self.heap, addr, length, request.align_log2)
        else:
            self._free_checked(addr, length, alignment, found)

    def _alloc_checked(self, length, alignment):
        """As alloc, of what was not asked before, is large, or is wrong."""
        request = self._request("alloc", length, alignment)
        addr = allocator.alloc(self.heap, request.length, request.align_log2)
        if addr == 0:
            raise self._no_room(length, alignment)
        self._live[addr] = request
        return addr

    def _free_checked(self, addr, length, alignment, found):
        """As free, of a block that was asked for otherwise, is large, or is not live; `found` in the table, or 0."""
        if found != 0:
            self._live[int(addr.real)] = found  # who finds an entry equals its key: an int, a float, a complex
        request = self._take_live("free", addr, length, alignment)
        allocator.free(self.heap, int(addr), request.length, request.align_log2)

    def resize(self, addr, length, new_length, alignment=DEFAULT_ALIGNMENT):
        """Change a block's length in place, if that can be; see refalloc.resize."""
        asked = self._request("resize", new_length, alignment)
        request = self._take_live("resize", addr, length, alignment)
        addr = int(addr)
        done = allocator.resize(self.heap, addr, request.length, asked.length, request.align_log2)
        self._live[addr] = asked if done else request
        return done

    def remap(self, addr, length, new_length, alignment=DEFAULT_ALIGNMENT):
        """Change a block's length, at another address if need be; see refalloc.remap."""
        asked = self._request("remap", new_length, alignment)
        request = self._take_live("remap", addr, length, alignment)
        addr = int(addr)
        new_addr = allocator.remap(self.heap, addr, request.length, asked.length, request.align_log2)
        if new_addr == 0:
            self._live[addr] = request
        else:
            self._live[new_addr] = asked
        return new_addr

    def trim(self):
        """Give wholly free slabs back; see refalloc.trim."""
        return trim_heap(self.heap)

    def view(self, addr, length):
        """The bytes at an address; see refalloc.view."""
        return self.heap.view(operator.index(addr), checked_length("view", length))

    def before_fork(self):
        """Wait until no thread is inside the allocator, and keep it so; for os.register_at_fork."""
        lock_all(self.heap)
        self.heap.before_fork()

    def after_fork(self):
        """Let threads in again, in the parent and in the child."""
        self.heap.after_fork()
        unlock_all(self.heap)

    def live_blocks(self):
        """The live blocks, as a list of (addr, length, align_log2), for check_invariants."""
        return [(addr, request.length, request.align_log2) for addr, request in list(self._live.items())]

    def _request(self, call, length, alignment):
        """The Request for a length and an alignment, kept for the next time. Raises TypeError, ValueError."""
        length, alignment = checked_length(call, length), checked_alignment(call, alignment)
        align_log2 = alignment.bit_length() - 1
        request = Request(length, align_log2)
        if length < LENGTH_LIMIT and alignment < ALIGNMENT_LIMIT:
            if not self._requests[alignment]:
                self._requests[alignment] = [None] * (2 * LENGTH_LIMIT)
            self._requests[alignment][length] = request
        return request

    def _take_live(self, call, addr, length, alignment):
        """Remove a block from the table, or raise and leave it there. Returns its Request."""
        try:
            addr, length, alignment = map(operator.index, (addr, length, alignment))
        except TypeError:
            raise TypeError(
                f"{call}({addr!r}, {length!r}, {alignment!r}): expected an address, a length and an alignment, "
                "all whole numbers"
            ) from None
        found = self._live.pop(addr, None)
        if found is None:
            raise ValueError(f"{call}({addr:#x}, {length}): {self._why_not_live(addr)}")
        if (found.length, 1 << found.align_log2) != (length, alignment):
            self._live[addr] = found
            given, asked = f"{found.length} bytes", f"{length}"
            if 1 << found.align_log2 != alignment:
                given, asked = f"{given} aligned to {1 << found.align_log2}", f"{asked} aligned to {alignment}"
            raise ValueError(
                f"{call}({addr:#x}, {length}): the block there has {given}, not {asked}; pass what it was asked for"
            )
        return found

    def _why_not_live(self, addr):
        for start, block_len, _ in self.live_blocks():
            if start < addr < start + block_len:
                inside = f"{addr - start} bytes into the live block {start:#x} ({block_len} bytes)"
                return f"{inside}; pass the address that alloc returned"
        return "no live block there: never handed out, or freed already; pass what alloc returned, and free it once"

    def _no_room(self, length, alignment):
        heap = self.heap
        room = f"no room; {heap.mapped_len} of the arena's {heap.arena_len} bytes are mapped; free blocks, then trim()"
        return MemoryError(f"alloc({length}, {alignment}): {room}")


def checked_length(call, length):
    """`length` as an int, for the call of that name. Raises TypeError, ValueError."""
    try:
        length = operator.index(length)
    except TypeError:
        raise TypeError(f"{call}: length is {length!r}; expected a whole number of bytes") from None
    if length < 1:
        raise ValueError(f"{call}: length is {length}; expected 1 byte or more")
    return length


def checked_alignment(call, alignment):
    """`alignment` as an int, bytes, a power of two. Raises TypeError, ValueError."""
    try:
        alignment = operator.index(alignment)
    except TypeError:
        raise TypeError(f"{call}: alignment is {alignment!r}; expected a power of two") from None
    if alignment < 1 or alignment & (alignment - 1):
        raise ValueError(f"{call}: alignment is {alignment}; expected a power of two: 1, 2, 4, 8, ...")
    return alignment
