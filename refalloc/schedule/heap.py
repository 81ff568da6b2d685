"""The stepped machine's heap: simulated memory and lanes, for the unchanged text, with nothing in it left to chance.

Addresses repeat from run to run and from machine to machine: each simulated thread maps in a range of its own, thread t
from (t + 2) << 32 on, and what is done before the threads start from 1 << 32 on. So an address tells who mapped it,
and does not depend on who was first. No address is mapped twice, and between two mappings lies a gap: an access to what
was unmapped, or past an end, is always a fault. (A real system does map addresses again.) Pages are aligned to what was
asked for and no more.

Memory is a dict of words. Fresh memory is zero.

Who moves, and when, is not decided here: before each step that others can notice, the heap asks its run (run.py).
"""

import functools
from typing import Any

from refalloc.arena import PAGE_LEN, MemoryFault, whole_pages
from refalloc.heap import CLASS_CAPACITY, RECORD_ALIGN_LOG2, RECORD_WORDS, may_wait
from refalloc.schedule.errors import OutsideRunError

AT_REST = -1  # the "thread" of what is done while no simulated thread runs: preparing and checking
RANGE_LOG2 = 32  # bytes, log2, of the range of addresses that each thread maps in
GAP_LEN = 1 << 16  # bytes, at least, between two mappings


class SteppedLane:
    """One entry of the metadata table; fields as in heap.Lane. holder: the thread that has it locked, or None."""

    __slots__ = ("frees", "holder", "index", "key", "marks", "next_addrs", "room")

    def __init__(self, index, heap):
        self.index = index
        self.key = ("lane", index)
        self.holder = None
        self.frees = SteppedField(heap, "frees", index)
        self.next_addrs = SteppedField(heap, "next_addrs", index)
        self.room = SteppedField(heap, "room", index)
        self.marks = SteppedField(heap, "marks", index)

    def __repr__(self):
        return f"<lane {self.index}, {'free' if self.holder is None else f'locked by T{self.holder}'}>"


class SteppedField:
    """frees, next_addrs, room or marks of one lane, or the record of a slab: a list of which each access is a step."""

    __slots__ = ("_heap", "_keys", "_least", "values")

    def __init__(self, heap, field, lane, count=CLASS_CAPACITY):
        self._least = -(1 << 63) if field == "room" else 0  # the others hold addresses
        self.values = [0] * count
        self._heap = heap
        self._keys = _field_keys(field, lane)

    def __len__(self):
        return len(self.values)

    def __getitem__(self, size_class):
        heap = self._heap
        if heap.thread != AT_REST:
            if heap.thread is None:
                heap.refuse("read of a lane")
            heap.run.reads(self._keys[size_class])
        return self.values[size_class]

    def __setitem__(self, size_class, addr):
        heap = self._heap
        if addr >> 64 > 0 or addr < self._least:
            raise ValueError(f"{addr} stored in a lane; a word is {self._least} to 2**64 - 1")
        if heap.thread != AT_REST:
            if heap.thread is None:
                heap.refuse("write of a lane")
            heap.run.writes(self._keys[size_class])
        self.values[size_class] = addr


class SteppedHeap:
    """A heap on which simulated threads take turns. Members as the table in heap.py; made by a run.

    Args:    lane_count: int, 1 or more; map_limit: int, how often map gives pages before it refuses, or None.
    """

    def __init__(self, lane_count=2, map_limit=None):
        if lane_count < 1:
            raise ValueError(f"lane_count is {lane_count}; a heap needs at least one lane")
        self.lanes = tuple(SteppedLane(index, self) for index in range(lane_count))
        self.map_limit = map_limit
        self.map_count = 0
        self.refusal_count = 0
        self.words = {}  # addr -> word, of mapped memory that was written or read
        self.thread: Any = None  # whose turn it is; AT_REST; None when no run is on
        self.run: Any = None
        self.thread_indexes = {}  # thread -> index
        self.own_lanes = {}  # thread -> its own lane
        self._records = {}
        self._no_lane = SteppedLane(-1, self)
        self._mappings = {}  # addr -> length in whole pages
        self._map_next = {}  # thread -> where its next mapping may start

    def __repr__(self):
        return "heap"

    def refuse(self, step):
        """Raise OutsideRunError for a step while no run is on."""
        if self.run is None:
            where = "before any run"
        else:
            self.run.leave()
            where = f"after the run, which ended at {self.run.place()}"
        raise OutsideRunError(
            f"{step} {where}; a SteppedHeap works only inside a program that explore, replay or Stepper runs"
        )

    @property
    def thread_index(self):
        return self.thread_indexes.get(self.thread, 0)

    def set_thread_index(self, index):
        self.thread_indexes[self.thread] = index

    def try_lock(self, lane):
        """Take `lane` if it is free. Returns bool, at once; others may run before. See heap.Heap."""
        if self.thread != AT_REST:
            if self.thread is None:
                self.refuse(f"try_lock of lane {lane.index}")
            return self.run.try_locks(lane)
        if lane.holder is not None:
            return False
        lane.holder = AT_REST
        return True

    def unlock(self, lane):
        """Give `lane` back; others may run before. Raises RuntimeError if it was not taken."""
        if self.thread != AT_REST:
            if self.thread is None:
                self.refuse(f"unlock of lane {lane.index}")
            self.run.unlocks(lane)
        elif lane.holder is None:
            raise RuntimeError(not_locked(lane))
        lane.holder = None

    @property
    def own_lane(self):
        return self.own_lanes.get(self.thread, self._no_lane)

    def adopt(self):
        """The thread's own lane, given to it if it has none; each simulated thread, and prepare, get a new one."""
        if self.thread is None:
            self.refuse("adopt")
        if self.thread not in self.own_lanes:
            self.own_lanes[self.thread] = SteppedLane(len(self.lanes) + 1 + self.thread, self)
        return self.own_lane

    def record(self, slab):
        """Numbers about a slab, as in heap.Heap; each access is a step."""
        number = slab >> RECORD_ALIGN_LOG2
        if number not in self._records:
            self._records[number] = SteppedField(self, "record", number, RECORD_WORDS)
        return self._records[number]

    def devote(self, slab, size_class, size):
        pass

    def populate(self, addr, length):
        pass

    def keeps(self, length, waiting_len):
        return may_wait(length, waiting_len)

    def took(self, length):
        pass

    def enter(self, lane):
        """Enter the thread's own lane, as in heap.Heap. No others can see that, so it is no switch point."""
        if self.thread is None:
            self.refuse("enter")
        if lane is not self.own_lane or lane is self._no_lane or lane.holder is not None:
            return False
        lane.holder = self.thread
        self.run.enters(lane)
        return True

    def leave(self, lane):
        """Leave the thread's own lane. Raises RuntimeError unless it is inside."""
        if self.thread is None:
            self.refuse("leave")
        if lane.holder != self.thread:
            raise RuntimeError(f"leave of lane {lane.index} by a thread that is not in it; leave once for each enter")
        self.run.leaves(lane)
        lane.holder = None

    def load(self, addr):
        """The word at `addr`. Raises MemoryFault."""
        if self.thread != AT_REST:
            if self.thread is None:
                self.refuse(f"load({addr:#x})")
            self.run.reads(addr)
        word = self.words.get(addr)
        if word is None:
            self._require_mapped("load", addr)
            word = self.words[addr] = 0
        return word

    def store(self, addr, word):
        """Set the word at `addr`, 0 <= word < 2**64. Raises MemoryFault, ValueError."""
        if word >> 64:
            raise ValueError(f"store({addr:#x}, {word}): a word is 0 to 2**64 - 1")
        if self.thread != AT_REST:
            if self.thread is None:
                self.refuse(f"store({addr:#x}, {word:#x})")
            self.run.writes(addr)
        if addr not in self.words:
            self._require_mapped("store", addr)
        self.words[addr] = word

    def map(self, length, align_log2):
        """Whole zeroed pages for `length` bytes at a multiple of 1 << align_log2. Returns int; 0 when refused."""
        if self.thread != AT_REST:
            if self.thread is None:
                self.refuse(f"map({length}, {align_log2})")
            self.run.maps()
        thread = self.thread
        if self.map_limit is not None and self.map_count >= self.map_limit:
            self.refusal_count += 1
            return 0
        align = max(1 << align_log2, PAGE_LEN)
        start = (thread + 2) << RANGE_LOG2
        addr = -(-self._map_next.get(thread, start) // align) * align
        addr += align * (addr // align % 2 == 0)
        length = whole_pages(length)
        if addr + length > start + (1 << RANGE_LOG2):
            self.refusal_count += 1
            return 0
        self.map_count += 1
        self._mappings[addr] = length
        self._map_next[thread] = addr + length + GAP_LEN
        return addr

    def unmap(self, addr, length):
        """Take the mapping at `addr` away. Raises MemoryFault unless it is one, of that many pages."""
        if self.thread is None:
            self.refuse(f"unmap({addr:#x}, {length})")
        self._require_mapping("unmap", addr, length)
        del self._mappings[addr]
        self._drop_words(addr, addr + whole_pages(length))

    def remap(self, addr, length, new_length, may_move):
        """Shrink in place, or grow by a move if it `may_move`. Returns the address then, 0 when refused."""
        if self.thread is None:
            self.refuse(f"remap({addr:#x}, {length}, {new_length})")
        self._require_mapping("remap", addr, length)
        length, new_length = whole_pages(length), whole_pages(new_length)
        if new_length <= length:
            self._mappings[addr] = new_length
            self._drop_words(addr + new_length, addr + length)
            return addr
        if not may_move:
            return 0
        new_addr = self.map(new_length, 0)
        if new_addr != 0:
            for old in [old for old in self.words if addr <= old < addr + length]:
                self.words[new_addr + old - addr] = self.words[old]
            del self._mappings[addr]
            self._drop_words(addr, addr + length)
        return new_addr

    def mappings(self):
        """All mappings now, as a list of (addr, length in whole pages), by address. For checkers, not for the text."""
        return sorted(self._mappings.items())

    def mapping_of(self, addr):
        """(addr, length) of the mapping that `addr` lies in, or None. For checkers."""
        for start, length in self._mappings.items():
            if start <= addr < start + length:
                return start, length
        return None

    def _drop_words(self, start, end):
        if self.thread != AT_REST:
            self.run.unmaps(start, end)
        for addr in [addr for addr in self.words if start <= addr < end]:
            del self.words[addr]

    def _require_mapped(self, access, addr):
        if addr & 7:
            raise MemoryFault(
                access, addr, f"not a multiple of 8; words lie at {addr & ~7:#x} and {(addr & ~7) + 8:#x}"
            )
        if self.mapping_of(addr) is None:
            near = "the null address, 0, means none" if addr == 0 else "no mapping is there (or not any more)"
            raise MemoryFault(access, addr, f"{near}; access only what map returned and unmap has not taken back")

    def _require_mapping(self, access, addr, length):
        mapped_len = self._mappings.get(addr)
        if mapped_len is None:
            raise MemoryFault(access, addr, "no mapping starts there; pass what map returned")
        if mapped_len != whole_pages(length):
            raise MemoryFault(
                access,
                addr,
                f"the mapping is {mapped_len} bytes long, not {length}; pass the length it was mapped with",
            )


def not_locked(lane):
    """What is wrong with an unlock of a lane that nobody holds."""
    return f"unlock of lane {lane.index}, which is not locked; unlock once for each try_lock that got it"


@functools.cache
def _field_keys(field, lane):
    """The names of a field's places, for races and traces: made once, for runs are many and short."""
    return [(field, lane, size_class) for size_class in range(CLASS_CAPACITY)]
