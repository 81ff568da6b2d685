"""The interpreted machine: real memory, lanes, and the index of each thread.

A heap is all that the text of an allocator may use:

    heap.lanes                                      the table of lanes
    lane.next_addrs[c], lane.frees[c]               addresses, 0 for none
    heap.thread_index, heap.set_thread_index(i)     this thread's index into lanes
    heap.try_lock(lane), heap.unlock(lane)          never block
    heap.load(addr), heap.store(addr, word)         one 8-byte word of memory
    heap.map(length, align_log2)                    pages, or 0
    heap.unmap(addr, length)
    heap.remap(addr, length, new_length, may_move)  the address then, or 0

The second text, improved.py, uses more:

    heap.own_lane                                   a lane of this thread alone; at first one that nobody can enter
    heap.adopt()                                    the same, given to the thread if it has none yet
    heap.enter(lane), heap.leave(lane)              the thread's own lane; no lock, and no atomic step
    lane.room[c], lane.marks[c]                     numbers, 0 at first
    heap.record(slab)                               numbers that the heap has for a slab, by its address; see record
    heap.devote(slab, size_class, size)             tells that a slab is now for blocks of one class, `size` bytes
    heap.populate(addr, length)                     tells that pages, mapped but not yet written, soon will be
    heap.keeps(length, waiting_len)                 may a free block wait, beside others of its class? Notes it if so
    heap.took(length)                               tells that one that waits does so no more

A thread is inside its own lane at most once: enter says no to a signal's handler that comes in between. When a thread
ends, its own lane passes, as it is, to a thread that begins.

Memory and pages are the arena's.
"""

import contextvars
import itertools
import os
import threading
import typing

from refalloc.arena import DEFAULT_ARENA_LEN, Arena

KEPT_LEN = 1 << 20  # bytes of free blocks of a class that may wait in a lane
RECORD_WORDS = 8
RECORD_ALIGN_LOG2 = 16  # the slabs of improved.py
CLASS_CAPACITY = 64  # entries in next_addrs and frees: room for finer size classes than the reference's 13


class Lane:
    """One entry of the metadata table.

    Attributes: next_addrs, frees: list of int, [CLASS_CAPACITY], addresses, 0 for none; guarded by the lock.
                room, marks: list of int, [CLASS_CAPACITY], numbers; likewise.
                index: int, its place in heap.lanes; a thread's own lane has one beyond.
    """

    __slots__ = ("frees", "index", "marks", "next_addrs", "room", "token")

    def __init__(self, index):
        self.index = index
        self.next_addrs = [0] * CLASS_CAPACITY
        self.frees = [0] * CLASS_CAPACITY
        self.room = [0] * CLASS_CAPACITY
        self.marks = [0] * CLASS_CAPACITY
        # The lock: who pops the one item has it. list.pop is a single step in every CPython, with the GIL and without,
        # and takes an eighth of the time of threading.Lock.
        self.token = [True]

    def __repr__(self):
        return f"<lane {self.index}, {'free' if self.token else 'locked'}>"


class _Stay:
    """That a thread has a lane of its own: it goes with the thread, and the lane is then left for another."""

    def __init__(self, lane, left):
        self.lane = lane
        self.left = left

    def __del__(self):
        self.left.append(self.lane)


class Heap(Arena):
    """Real memory, lanes and pages, for the text of an allocator to run on.

    Args:    lane_count: int, 1 or more; None for the number of CPUs that this process may use.
             arena_len: int, bytes of address space; rounded up to whole pages.
    Raises:  MemoryError when the system refuses the arena.
    """

    lanes: typing.Final[tuple]
    _thread_index: typing.Final[contextvars.ContextVar]

    def __init__(self, lane_count=None, arena_len=DEFAULT_ARENA_LEN):
        super().__init__(arena_len)
        if lane_count is None:
            lane_count = available_cpu_count()
        if lane_count < 1:
            raise ValueError(f"lane_count is {lane_count}; a heap needs at least one lane")
        self.lanes = tuple(Lane(index) for index in range(lane_count))
        # Read in a quarter of the time of a threading.local. A thread begins with an empty context, and so at the
        # default; under -X thread_inherit_context it begins at the index of the thread that started it.
        self._thread_index = contextvars.ContextVar("thread_index", default=0)
        # Not a context variable: a context may be handed to another thread, and an own lane must not be.
        self._stays = threading.local()
        self._left: list[Lane] = []  # own lanes of threads that have ended
        self._own_indexes = itertools.count(lane_count)
        self._records: dict[int, list[int]] = {}
        self._no_lane = Lane(-1)
        self._no_lane.token.clear()

    @property
    def thread_index(self):
        return self._thread_index.get()

    def set_thread_index(self, index):
        self._thread_index.set(index)

    def try_lock(self, lane):
        """Take `lane` if it is free. Returns bool, at once."""
        try:
            return lane.token.pop()
        except IndexError:
            return False

    def unlock(self, lane):
        """Give `lane` back. Raises RuntimeError if it was not taken."""
        if lane.token:
            raise RuntimeError(
                f"unlock of lane {lane.index}, which is not locked; unlock once for each try_lock that got it"
            )
        lane.token.append(True)

    @property
    def own_lane(self):
        stay = getattr(self._stays, "stay", None)
        return self._no_lane if stay is None else stay.lane

    def adopt(self):
        """The thread's own lane, given to it if it has none. Returns Lane."""
        if not hasattr(self._stays, "stay"):
            try:
                lane = self._left.pop()
            except IndexError:
                lane = Lane(next(self._own_indexes))
            self._stays.stay = _Stay(lane, self._left)
        return self.own_lane

    def record(self, slab):
        """Numbers about a slab, list of int, [RECORD_WORDS]; whoever writes them guards them. What they are at first
        is not said."""
        return self._records.setdefault(slab >> RECORD_ALIGN_LOG2, [0] * RECORD_WORDS)

    def devote(self, slab, size_class, size):
        """Nothing to do here, as free is told a length; where it is not, the heap has to know."""

    def populate(self, addr, length):
        """Nothing to do here."""

    def keeps(self, length, waiting_len):
        """May `length` bytes wait to be used again, beside `waiting_len` of the same class in the same lane?

        Up to KEPT_LEN may, and one block in any case. Returns bool.
        """
        return may_wait(length, waiting_len)

    def took(self, length):
        """Nothing to do here; native/idle.py has a heap that goes by how much waits in all."""

    def enter(self, lane):
        """Enter the thread's own lane. Returns bool, False when it is inside already."""
        return self.try_lock(lane)

    def leave(self, lane):
        """Leave the thread's own lane."""
        self.unlock(lane)


def may_wait(length, waiting_len):
    """As Heap.keeps, for heaps that count no more than that."""
    return waiting_len == 0 or waiting_len + length <= KEPT_LEN


def available_cpu_count():
    """CPUs that this process may use: int, 1 or more."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
