"""The allocator as a caller meets it: every argument checked, every wrong call answered with a sentence.

The text of allocator.py trusts its caller, as C's malloc does: a block freed twice is handed out twice, and a wrong
length puts a slot into the list of another class. Here a table of live blocks stands in front of it, so a wrong call
raises before it reaches the metadata, and changes nothing.
"""

import operator

from refalloc import allocator
from refalloc.heap import Heap
from refalloc.trim import lock_all, trim_heap, unlock_all


class CheckedAllocator:
    """A heap and the table of its live blocks. Safe to share between threads.

    Args:    heap: Heap; None for one with the defaults.
    """

    def __init__(self, heap=None):
        self.heap = Heap() if heap is None else heap
        # Each step on this dict is atomic. An entry is removed before its block goes back and added after it is handed
        # out, so two threads that free one block at once cannot both find it.
        self._live = {}  # addr -> (length, alignment)

    def alloc(self, length, alignment=16):
        """A block of `length` bytes at a multiple of `alignment`; see refalloc.alloc."""
        length, align_log2 = _checked_length("alloc", length), _checked_align_log2("alloc", alignment)
        addr = allocator.alloc(self.heap, length, align_log2)
        if addr == 0:
            raise MemoryError(f"alloc({length}, {alignment}): {self._room()}")
        self._live[addr] = (length, alignment)
        return addr

    def free(self, addr, length, alignment=16):
        """Take back what alloc returned; see refalloc.free."""
        self._take_live("free", addr, length, alignment)
        allocator.free(self.heap, addr, length, _log2(alignment))

    def resize(self, addr, length, new_length, alignment=16):
        """Change a block's length in place, if that can be; see refalloc.resize."""
        new_length = _checked_length("resize", new_length)
        self._take_live("resize", addr, length, alignment)
        done = allocator.resize(self.heap, addr, length, new_length, _log2(alignment))
        self._live[addr] = (new_length if done else length, alignment)
        return done

    def remap(self, addr, length, new_length, alignment=16):
        """Change a block's length, at another address if need be; see refalloc.remap."""
        new_length = _checked_length("remap", new_length)
        self._take_live("remap", addr, length, alignment)
        new_addr = allocator.remap(self.heap, addr, length, new_length, _log2(alignment))
        if new_addr == 0:
            self._live[addr] = (length, alignment)
        else:
            self._live[new_addr] = (new_length, alignment)
        return new_addr

    def trim(self):
        """Give wholly free slabs back; see refalloc.trim."""
        return trim_heap(self.heap)

    def view(self, addr, length):
        """The bytes at an address; see refalloc.view."""
        return self.heap.view(operator.index(addr), _checked_length("view", length))

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
        return [(addr, length, _log2(alignment)) for addr, (length, alignment) in list(self._live.items())]

    def _take_live(self, call, addr, length, alignment):
        """Remove a block from the table, or raise and leave it there."""
        found = self._live.pop(addr, None)
        if found == (length, alignment):
            return
        if found is not None:
            self._live[addr] = found
        if not isinstance(addr, int) or not isinstance(length, int):
            raise TypeError(f"{call}({addr!r}, {length!r}): expected an address and a length, both whole numbers")
        raise ValueError(f"{call}({addr:#x}, {length}): {self._what_is_wrong(addr, length, alignment, found)}")

    def _what_is_wrong(self, addr, length, alignment, found):
        if found is not None:
            given, asked = f"{found[0]} bytes aligned to {found[1]}", f"{length} aligned to {alignment}"
            return f"the block there has {given}, not {asked}; pass what it was asked for"
        for start, (block_len, _) in list(self._live.items()):
            if start < addr < start + block_len:
                inside = f"{addr - start} bytes into the live block {start:#x} ({block_len} bytes)"
                return f"{inside}; pass the address that alloc returned"
        return "no live block there: never handed out, or freed already; pass what alloc returned, and free it once"

    def _room(self):
        heap = self.heap
        return f"no room; {heap.mapped_len} of the arena's {heap.arena_len} bytes are mapped; free blocks, then trim()"


def _checked_length(call, length):
    try:
        length = operator.index(length)
    except TypeError:
        raise TypeError(f"{call}: length is {length!r}; expected a whole number of bytes") from None
    if length < 1:
        raise ValueError(f"{call}: length is {length}; expected 1 byte or more")
    return length


def _checked_align_log2(call, alignment):
    try:
        alignment = operator.index(alignment)
    except TypeError:
        raise TypeError(f"{call}: alignment is {alignment!r}; expected a power of two") from None
    if alignment < 1 or alignment & (alignment - 1):
        raise ValueError(f"{call}: alignment is {alignment}; expected a power of two: 1, 2, 4, 8, ...")
    return _log2(alignment)


def _log2(power):
    return power.bit_length() - 1
