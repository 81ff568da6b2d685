"""Real memory in which a bad access is an error that can be read, not a dead kernel.

Design. One large mmap, of which the system commits a page when it is first written. The page table, here a set, holds
the number of each page that is mapped; any other page is a miss, and raises MemoryFault. To walk it for every access
costs more than the access: as in a CPU, a translation that was proved good is kept in a lookaside buffer, here a dict
from address to index in the words of the arena, and all are dropped when one of their pages is unmapped. Pages that are
unmapped go back to the system at once. Free parts of the arena are kept as a sorted list of ranges.

Not as in a kernel: map gives the lowest range that fits, and the arena starts at a multiple of ARENA_ALIGN, so that a
run repeats its addresses relative to the arena. An address may be mapped again as soon as it is unmapped.
"""

import bisect
import contextlib
import ctypes
import mmap
import struct
import sys
import threading
import typing

PAGE_LEN = 4096  # bytes; the page table's unit. The system's own pages may be larger: see Arena._forget.
ARENA_ALIGN = 1 << 21  # bytes; where an arena starts
TRANSLATION_LIMIT = 1 << 17  # entries of the lookaside buffer, about 100 bytes each; beyond it, the page table is asked
DEFAULT_ARENA_LEN = 1 << 30  # bytes of address space; memory is used only for pages that are written


class MemoryFault(Exception):
    """An access to memory that is not there, or not at a word.

    Attributes: addr, int; access, str: "load", "store", "unmap", "remap" or "view".
    """

    def __init__(self, access, addr, reason):
        super().__init__(f"{access} at {addr:#x}: {reason}")
        self.access = access
        self.addr = addr


class Arena:
    """A range of real memory, of which parts are mapped.

    Args:    arena_len: int, bytes of address space; rounded up to whole pages.
    Raises:  MemoryError when the system refuses it.
    """

    _words: typing.Final[memoryview]
    _translations: typing.Final[dict]

    def __init__(self, arena_len=DEFAULT_ARENA_LEN):
        self.arena_len = whole_pages(arena_len)
        self._reserve()
        # Of the formats of a word CPython stores a size_t (N, which typeshed lacks) in two thirds of the time of a Q.
        self._words = self._bytes.cast("N" if struct.calcsize("N") == 8 else "Q")  # type: ignore[call-overload]
        self.pages = set()  # numbers of the pages that are mapped
        self._translations = {}  # addr -> index into _words, of words on pages that are mapped
        self._translated_pages = set()
        self.mapped_len = 0  # bytes mapped now
        self.peak_mapped_len = 0
        self._mappings = {}  # addr -> length in whole pages; guarded, as are the holes, by _pages_lock
        self._holes = [(self.arena_addr, self.arena_len)]  # free ranges (addr, length), by address, never adjacent
        self._pages_lock = threading.Lock()

    def _reserve(self):
        """Get the address space: set arena_addr and _bytes, and what _forget needs."""
        self._memory = _map_arena(self.arena_len + ARENA_ALIGN)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self.arena_addr = -(-start // ARENA_ALIGN) * ARENA_ALIGN
        self._skipped_len = self.arena_addr - start
        self._bytes = memoryview(self._memory)[self._skipped_len : self._skipped_len + self.arena_len]

    # Words

    def load(self, addr):
        """The word at `addr`.

        Args:    addr: int, a multiple of 8 in a mapped page.
        Returns: int, 0 <= word < 2**64.
        Raises:  MemoryFault.
        """
        try:
            return self._words[self._translations[addr]]
        except KeyError:
            return self._words[self._translate("load", addr)]

    def store(self, addr, word):
        """Set the word at `addr` to `word`, int, 0 <= word < 2**64. Raises MemoryFault as load does."""
        try:
            self._words[self._translations[addr]] = word
        except KeyError:
            self._words[self._translate("store", addr)] = word

    def _translate(self, access, addr):
        """The index of the word at `addr` in _words. Raises MemoryFault. Locks: never waits for one."""
        page, index = addr >> 12, addr - self.arena_addr >> 3
        if addr & 7 or page not in self.pages:
            raise self.fault(access, addr)
        # Whoever holds the lock may be unmapping this page, and the buffer must not learn of it after that.
        if len(self._translations) < TRANSLATION_LIMIT and self._pages_lock.acquire(blocking=False):
            if page in self.pages:
                self._translated_pages.add(page)
                self._translations[addr] = index
            self._pages_lock.release()
        return index

    def view(self, addr, length):
        """The `length` bytes at `addr`, as a writable memoryview. Raises MemoryFault unless all of them are mapped."""
        offset = addr - self.arena_addr
        pages = range(addr >> 12, (addr + max(length, 1) - 1 >> 12) + 1)
        if not self.pages.issuperset(pages):
            raise self.fault("view", next(max(addr, page << 12) for page in pages if page not in self.pages))
        return self._bytes[offset : offset + length]

    # Pages

    def map(self, length, align_log2):
        """Whole pages for `length` bytes, zeroed, at a multiple of 1 << `align_log2`.

        Returns: int, the address; 0 when no free range of the arena has room.
        """
        length = whole_pages(length)
        align = max(1 << align_log2, PAGE_LEN)
        with self._pages_lock:
            for hole_index, (hole_addr, hole_len) in enumerate(self._holes):
                addr = -(-hole_addr // align) * align
                if addr + length <= hole_addr + hole_len:
                    self._take(hole_index, addr, length)
                    self._mappings[addr] = length
                    return addr
        return 0

    def unmap(self, addr, length):
        """Give the mapping at `addr` back to the system. Raises MemoryFault unless it is one, of that many pages."""
        length = whole_pages(length)
        with self._pages_lock:
            self._require_mapping("unmap", addr, length)
            del self._mappings[addr]
            self._give_back(addr, length)

    def remap(self, addr, length, new_length, may_move):
        """Give the mapping at `addr` another length: in place, or else, if it `may_move`, with its bytes elsewhere.

        Returns: int, its address now; 0 when refused, and nothing has changed.
        Raises:  MemoryFault unless it is a mapping of that many pages.
        """
        length, new_length = whole_pages(length), whole_pages(new_length)
        with self._pages_lock:
            self._require_mapping("remap", addr, length)
            if new_length <= length:
                if new_length < length:
                    self._give_back(addr + new_length, length - new_length)
                self._mappings[addr] = new_length
                return addr
            hole_index = bisect.bisect_left(self._holes, (addr + length,))
            if hole_index < len(self._holes):
                hole_addr, hole_len = self._holes[hole_index]
                if hole_addr == addr + length and hole_len >= new_length - length:
                    self._take(hole_index, hole_addr, new_length - length)
                    self._mappings[addr] = new_length
                    return addr
        if not may_move:
            return 0
        new_addr = self.map(new_length, 0)
        if new_addr != 0:
            self.view(new_addr, length)[:] = self.view(addr, length)
            self.unmap(addr, length)
        return new_addr

    def before_fork(self):
        """Hold the pages still: a child has only the thread that forks, and cannot unlock what others held."""
        self._pages_lock.acquire()

    def after_fork(self):
        """In parent and child."""
        self._pages_lock.release()

    def mappings(self):
        """All mappings now, as a list of (addr, length in whole pages), by address. For checkers, not for the text."""
        with self._pages_lock:
            return sorted(self._mappings.items())

    def resident_len(self):
        """Bytes of the arena that have memory behind them now; takes about a millisecond for each GiB of arena_len.

        Mapped pages have none until they are written, and pages that are unmapped have none any more.

        Returns: int, bytes, a multiple of mmap.PAGESIZE.
        Raises:  resident.ResidentUnknownError where the system does not say; OSError when it refuses.
        """
        from refalloc.resident import resident_len  # here: a heap that nobody asks need not import it

        return resident_len(self._bytes)

    def open_pages(self, addr, length):
        """Enter whole pages in the page table, and nothing else; for what keeps mappings elsewhere."""
        self.pages.update(range(addr >> 12, addr + length >> 12))

    def close_pages(self, addr, length):
        """Take whole pages out of the page table, and out of the lookaside buffer."""
        pages = range(addr >> 12, addr + length >> 12)
        self.pages.difference_update(pages)
        if not self._translated_pages.isdisjoint(pages):
            self._translations.clear()
            self._translated_pages.clear()

    def _take(self, hole_index, addr, length):
        """Map a part of a hole. Locks: _pages_lock held."""
        hole_addr, hole_len = self._holes[hole_index]
        end, hole_end = addr + length, hole_addr + hole_len
        rest = [(start, stop - start) for start, stop in ((hole_addr, addr), (end, hole_end)) if start < stop]
        self._holes[hole_index : hole_index + 1] = rest
        self.open_pages(addr, length)
        self.mapped_len += length
        self.peak_mapped_len = max(self.peak_mapped_len, self.mapped_len)

    def _give_back(self, addr, length):
        """Unmap a range, and join it to the holes beside it. Locks: _pages_lock held."""
        self.close_pages(addr, length)
        self._forget(addr - self.arena_addr, length)
        self.mapped_len -= length
        start, end = addr, addr + length
        first = last = bisect.bisect_left(self._holes, (addr,))
        if first > 0 and sum(self._holes[first - 1]) == start:
            first -= 1
            start = self._holes[first][0]
        if last < len(self._holes) and self._holes[last][0] == end:
            end = sum(self._holes[last])
            last += 1
        self._holes[first:last] = [(start, end - start)]

    def _forget(self, offset, length):
        """Zero a range of the arena, and let the system have its pages where it can take them."""
        # Where the system's pages are larger than ours, the ends of the range share a page with other mappings.
        start = -(-offset // mmap.PAGESIZE) * mmap.PAGESIZE
        end = (offset + length) // mmap.PAGESIZE * mmap.PAGESIZE
        # MADV_DONTNEED zeroes private anonymous pages on Linux only (madvise(2)); elsewhere bytes are zeroed by hand.
        if hasattr(mmap, "MADV_DONTNEED") and sys.platform == "linux" and start < end:
            self._memory.madvise(mmap.MADV_DONTNEED, self._skipped_len + start, end - start)
            self._bytes[offset:start] = bytes(start - offset)
            self._bytes[end : offset + length] = bytes(offset + length - end)
        else:
            self._bytes[offset : offset + length] = bytes(length)

    # Faults

    def _require_mapping(self, access, addr, length):
        mapped_len = self._mappings.get(addr)
        if mapped_len is None:
            raise MemoryFault(
                access, addr, f"no mapping starts there; {self._what_lies_at(addr)}; pass what map returned"
            )
        if mapped_len != length:
            raise MemoryFault(
                access,
                addr,
                f"the mapping is {mapped_len} bytes long, not {length}; pass the length it was mapped with",
            )

    def fault(self, access, addr):
        """The MemoryFault for a bad access to `addr`; not raised."""
        if addr & 7 and access != "view":
            return MemoryFault(
                access, addr, f"not a multiple of 8; words lie at {addr & ~7:#x} and {(addr & ~7) + 8:#x}"
            )
        return MemoryFault(
            access, addr, f"{self._what_lies_at(addr)}; access only what map returned and unmap has not taken back"
        )

    def _what_lies_at(self, addr):
        offset = addr - self.arena_addr
        if not 0 <= offset < self.arena_len:
            if 0 <= addr < PAGE_LEN:
                return "the null address, 0, means none"
            return f"outside the arena ({self.arena_addr:#x} to {self.arena_addr + self.arena_len:#x})"
        if addr >> 12 in self.pages:
            return "a mapped page"
        return "a page of the arena that is not mapped"


def whole_pages(length):
    """`length` rounded up to a multiple of PAGE_LEN. Bytes."""
    return -(-length // PAGE_LEN) * PAGE_LEN


def _map_arena(length):
    try:
        if sys.platform == "win32":
            return mmap.mmap(-1, length)
        # Without reserving: the arena is address space, and counts as memory only where it is written.
        no_reserve = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)
        memory = mmap.mmap(-1, length, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | no_reserve)
    except OSError as error:
        raise MemoryError(
            f"no {length} bytes of address space for the arena ({error.strerror}); "
            "raise `ulimit -v` (where vm.overcommit_memory is 2, vm.overcommit_ratio), or ask for a smaller arena_len"
        ) from error
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        # Where transparent_hugepage is "always", one word written would make 2 MiB resident, mapped here or not.
        with contextlib.suppress(OSError):  # EINVAL: a kernel that has no huge pages
            memory.madvise(mmap.MADV_NOHUGEPAGE)
    return memory
