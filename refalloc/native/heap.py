"""The compiled machine: real memory, lanes that cores share, and the index of each thread.

The members are those of refalloc.heap.Heap, for Python and for compiled code alike, so checkers and trim work on it
too. What differs: a bad address in compiled code is not caught, any access at all may be undefined, and two threads
really run at once.

Its memory, and its members in compiled code, are those of heap_members.py.
"""

import ctypes
import functools
import mmap
import weakref

import numpy as np
from numba import cfunc
from numba.core import types
from numba.extending import typeof_impl

from refalloc.arena import MemoryFault
from refalloc.heap import RECORD_WORDS, available_cpu_count, may_wait
from refalloc.native import heap_members as members
from refalloc.native.chunks import ENTRIES_LEN, LEAF_LEN, LEAF_LOG2, ROOT_COUNT, ROOT_LEN, chunk_entry, record_addr
from refalloc.native.compiler import OPTIONS
from refalloc.native.heap_members import (
    CHUNKS_ROOT,
    LANE_COUNT,
    LANES_OFFSET,
    MAPPED_LEN,
    NATIVE_HEAP,
    NO_LANE_OFFSET,
    OWN_CAPACITY,
    OWN_KEY,
    PEAK_MAPPED_LEN,
    SLOT_COUNT,
    SLOTS_OFFSET,
    THREAD_KEY,
    WORDS,
)
from refalloc.native.machine import (
    FIELD_STRIDE,
    FIELDS_OFFSET,
    FREES_OFFSET,
    LANE_LEN,
    MARKS_OFFSET,
    OWNER_OFFSET,
    ROOM_OFFSET,
)
from refalloc.native.pages import CHUNK_LOG2, unmap_pages, whole_pages
from refalloc.native.words import store_release

_libc = ctypes.CDLL(None)


class NativeLane:
    """One lane, as Python sees it.

    Attributes: next_addrs, frees, room, marks: writable memoryview of int64, [CLASS_CAPACITY].
    """

    __slots__ = ("addr", "frees", "marks", "next_addrs", "room")

    def __init__(self, addr):
        self.addr = addr
        words = memoryview((ctypes.c_char * LANE_LEN).from_address(addr)).cast("B").cast("q")
        fields = words[FIELDS_OFFSET // 8 : ROOM_OFFSET // 8]
        self.room, self.marks = words[ROOM_OFFSET // 8 : MARKS_OFFSET // 8], words[MARKS_OFFSET // 8 :]
        step = FIELD_STRIDE // 8
        self.next_addrs = fields[::step]
        self.frees = fields[FREES_OFFSET // 8 :: step]


class NativeHeap:
    """Real memory, lanes and pages, for a compiled text to run on.

    Args:    lane_count: int, 1 or more; None for the number of CPUs that this process may use.
    Raises:  MemoryError when the system refuses the memory for the lanes.
    """

    def __init__(self, lane_count=None):
        if lane_count is None:
            lane_count = available_cpu_count()
        if lane_count < 1:
            raise ValueError(f"lane_count is {lane_count}; a heap needs at least one lane")
        length = LANES_OFFSET + (lane_count + OWN_CAPACITY) * LANE_LEN
        block = _anonymous(length)
        root = _anonymous(ROOT_LEN)
        self.control_addr, self._root_addr = _address_of(block), _address_of(root)
        self._control = np.frombuffer(block, np.int64, WORDS)
        self._root = np.frombuffer(root, np.int64, ROOT_COUNT)
        keys = _make_keys()
        no_lane = self.control_addr + NO_LANE_OFFSET
        np.frombuffer(block, np.int64, SLOT_COUNT, SLOTS_OFFSET)[:] = no_lane
        self._control[LANE_COUNT] = lane_count
        self._control[THREAD_KEY], self._control[OWN_KEY] = keys
        self._control[CHUNKS_ROOT] = self._root_addr
        self.lanes = tuple(NativeLane(self.control_addr + LANES_OFFSET + i * LANE_LEN) for i in range(lane_count))
        self._close = weakref.finalize(self, _close, self._root, keys, (block, root))

    # Members of the text, called from Python

    @property
    def thread_index(self):
        return members.get_thread_index(self)

    def set_thread_index(self, index):
        members.set_thread_index(self, index)

    def try_lock(self, lane):
        """Take `lane` if it is free. Returns bool, at once."""
        return members.try_lock(self, lane.addr)

    def unlock(self, lane):
        """Give `lane` back."""
        members.unlock(self, lane.addr)

    @property
    def own_lane(self):
        return NativeLane(members.own_lane(self))

    def adopt(self):
        """The thread's own lane, given to it if it has none. Returns NativeLane."""
        return NativeLane(members.adopt(self))

    def record(self, slab):
        """Words about a slab, as in Heap.record. Returns memoryview of int64, [RECORD_WORDS]."""
        addr = record_addr(self._root_addr, slab)
        return memoryview((ctypes.c_char * (RECORD_WORDS * 8)).from_address(addr)).cast("B").cast("q")

    def devote(self, slab, size_class, size):
        """As Heap.devote."""

    def populate(self, addr, length):
        """As Heap.populate."""

    def keeps(self, length, waiting_len):
        """As Heap.keeps."""
        return may_wait(length, waiting_len)

    def took(self, length):
        """As Heap.took."""

    def enter(self, lane):
        """Enter the thread's own lane. Returns bool, False when it is another thread's, or no one's."""
        return members.enter(self, lane.addr)

    def leave(self, lane):
        """Leave the thread's own lane."""
        members.leave(self, lane.addr)

    def load(self, addr):
        """The word at `addr`. Raises MemoryFault unless it is a word of a mapping."""
        self._require_word("load", addr)
        return members.load_at(addr)

    def store(self, addr, word):
        """Set the word at `addr`. Raises MemoryFault unless it is a word of a mapping."""
        self._require_word("store", addr)
        members.store_at(addr, word)

    def map(self, length, align_log2):
        """Zeroed pages for `length` bytes at a multiple of 1 << `align_log2`. Returns int, the address, or 0."""
        return members.map_(self, length, align_log2)

    def unmap(self, addr, length):
        """Give a mapping back. Raises MemoryFault unless it is one, of that many pages."""
        self._require_mapping("unmap", addr, length)
        members.unmap(self, addr, length)

    def remap(self, addr, length, new_length, may_move):
        """Give a mapping another length, as Arena.remap does."""
        self._require_mapping("remap", addr, length)
        return members.remap(self, addr, length, new_length, may_move)

    # For checkers and callers, not for the text

    @property
    def mapped_len(self):
        return int(self._control[MAPPED_LEN])

    @property
    def peak_mapped_len(self):
        return int(self._control[PEAK_MAPPED_LEN])

    def mappings(self):
        """All mappings now, as a list of (addr, length in whole pages), by address. Nothing else may run."""
        return _mappings(self._root)

    def view(self, addr, length):
        """The `length` bytes at `addr`, as a writable memoryview. Raises MemoryFault unless one mapping has them."""
        start, mapped_len = self._mapping_of(addr)
        if addr + length > start + mapped_len:
            raise MemoryFault("view", addr, f"{length} bytes reach past the end of what is mapped; pass what map gave")
        return memoryview((ctypes.c_char * length).from_address(addr)).cast("B")

    def close(self):
        """Unmap everything, at once rather than when the heap is no longer referred to. Blocks of it are gone."""
        self._close()

    def _mapping_of(self, addr):
        """The mapping that `addr` lies in, as (addr, length); (addr, 0) when there is none."""
        mapped_len = chunk_entry(self._root_addr, addr)
        start = addr >> CHUNK_LOG2 << CHUNK_LOG2
        if mapped_len == 0:  # perhaps a later chunk of a long mapping
            start, mapped_len = max(((a, n) for a, n in self.mappings() if a <= addr), default=(addr, 0))
        return (start, mapped_len) if addr < start + mapped_len else (addr, 0)

    def _require_word(self, access, addr):
        if addr & 7:
            raise MemoryFault(
                access, addr, f"not a multiple of 8; words lie at {addr & ~7:#x} and {(addr & ~7) + 8:#x}"
            )
        if self._mapping_of(addr)[1] == 0:
            raise MemoryFault(access, addr, "not mapped; access only what map returned and unmap has not taken back")

    def _require_mapping(self, access, addr, length):
        found = chunk_entry(self._root_addr, addr)
        if found == 0 or found != whole_pages(length) or addr % (1 << CHUNK_LOG2) != 0:
            raise MemoryFault(
                access, addr, f"no mapping of {length} bytes starts there; pass what map returned, and its length"
            )


def _anonymous(length):
    try:
        return mmap.mmap(-1, length)
    except OSError as error:
        raise MemoryError(f"no {length} bytes for a heap ({error.strerror}); raise `ulimit -v`") from error


def _address_of(block):
    return ctypes.addressof(ctypes.c_char.from_buffer(block))


def _mappings(root):
    found = []
    for root_index in np.flatnonzero(root):
        leaf = np.ctypeslib.as_array((ctypes.c_int64 * (ENTRIES_LEN // 8)).from_address(int(root[root_index])))
        first_chunk = int(root_index) << LEAF_LOG2
        found += [((first_chunk + int(i)) << CHUNK_LOG2, int(leaf[i])) for i in np.flatnonzero(leaf)]
    return found


def _make_keys():
    """Two thread-specific keys: for the thread's index, and for its own lane."""
    keys = ctypes.c_uint(), ctypes.c_uint()
    for key, destructor in zip(keys, (None, ctypes.c_void_p(_disowner().address)), strict=True):
        if _libc.pthread_key_create(ctypes.byref(key), destructor) != 0:
            raise MemoryError("no thread-specific key is left for another heap; drop heaps that are not used")
    return [key.value for key in keys]


@functools.cache
def _disowner():
    """A C function of a lane's address: the thread whose own lane it is ends."""

    def disown(addr):
        store_release(addr + OWNER_OFFSET, 0)

    return cfunc(types.void(types.int64), **OPTIONS)(disown)


def _close(root, keys, memory):
    # `memory` holds the control block and the root for as long as this may run.
    for addr, length in _mappings(root):
        unmap_pages(addr, length)
    for leaf in root[root != 0]:
        unmap_pages(int(leaf), LEAF_LEN)
    root[:] = 0
    for key in keys:
        _libc.pthread_key_delete(key)


@typeof_impl.register(NativeHeap)
def _typeof_native_heap(value, context):
    return NATIVE_HEAP
