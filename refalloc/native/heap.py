"""The compiled machine: real memory, lanes that cores share, and the index of each thread.

The members are those of refalloc.heap.Heap, for Python and for compiled code alike, so checkers and trim work on it
too. What differs: a bad address in compiled code is not caught, any access at all may be undefined, and two threads
really run at once.

Design. One control block in memory holds what compiled code needs, so that a heap is one word there: see WORDS. The
lanes follow it. Mappings are in a chunk table: an entry is the mapping's length. The thread's index is a
pthread-specific value, as code that is compiled at run time has no other thread-local storage.

A thread's own lane has to be found faster than by a call. A table, SLOT_COUNT words, says which lane the last thread
had whose thread pointer, a register, falls on that word; and the lane says whose it is. So one look shows whether that
is the caller's; if not, adopt finds it by the pthread-specific value, or makes it, and sets the word. The key of that
value has a destructor, which makes the lane no thread's when the thread ends. That a thread is inside its lane needs
no note, as a signal's handler in Python runs when compiled code has returned, and no other runs this code.
"""

import ctypes
import functools
import mmap
import platform
import sys
import weakref

import numpy as np
from numba import cfunc
from numba.core import cgutils, types
from numba.core.typing import signature
from numba.extending import (
    NativeValue,
    intrinsic,
    models,
    overload,
    overload_attribute,
    overload_method,
    register_model,
    typeof_impl,
    unbox,
)

from refalloc.arena import MemoryFault
from refalloc.heap import available_cpu_count
from refalloc.native.chunks import LEAF_LEN, LEAF_LOG2, ROOT_COUNT, ROOT_LEN, chunk_entry, set_chunk_entry
from refalloc.native.compiler import OPTIONS, compiled
from refalloc.native.machine import (
    FIELD_STRIDE,
    FIELDS_OFFSET,
    FREES_OFFSET,
    LANE_LEN,
    LINE_LEN,
    OWNER_OFFSET,
    ROOM_OFFSET,
    HeapType,
    lane_addr,
    lane_at,
    lane_count,
    lanes_addr,
    take_over,
)
from refalloc.native.pages import CHUNK_LOG2, map_pages, move_pages, resize_pages, unmap_pages, whole_pages
from refalloc.native.words import add_relaxed, load_word, max_relaxed, store_release, store_word, thread_pointer

# Words of the control block
LANE_COUNT, THREAD_KEY, CHUNKS_ROOT, MAPPED_LEN, PEAK_MAPPED_LEN, OWN_KEY = range(6)
WORDS = 6
# What follows it: a lane that nobody can enter, the table of own lanes, the lanes, the own lanes
SLOT_COUNT = 256
OWN_CAPACITY = 1024  # threads at a time that have a lane of their own
NO_LANE_OFFSET = LINE_LEN
SLOTS_OFFSET = NO_LANE_OFFSET + LANE_LEN
LANES_OFFSET = SLOTS_OFFSET + SLOT_COUNT * 8
HAS_THREAD_POINTER = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")

_get_specific = types.ExternalFunction("pthread_getspecific", signature(types.int64, types.uint32))
_set_specific = types.ExternalFunction("pthread_setspecific", signature(types.int32, types.uint32, types.int64))
_libc = ctypes.CDLL(None)


class NativeLane:
    """One lane, as Python sees it.

    Attributes: next_addrs, frees, room: writable memoryview of int64, [CLASS_CAPACITY].
    """

    __slots__ = ("addr", "frees", "next_addrs", "room")

    def __init__(self, addr):
        self.addr = addr
        words = memoryview((ctypes.c_char * LANE_LEN).from_address(addr)).cast("B").cast("q")
        fields, self.room = words[FIELDS_OFFSET // 8 : ROOM_OFFSET // 8], words[ROOM_OFFSET // 8 :]
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
        return _get_thread_index(self)

    def set_thread_index(self, index):
        _set_thread_index(self, index)

    def try_lock(self, lane):
        """Take `lane` if it is free. Returns bool, at once."""
        return _try_lock(self, lane.addr)

    def unlock(self, lane):
        """Give `lane` back."""
        _unlock(self, lane.addr)

    @property
    def own_lane(self):
        return NativeLane(_own_lane(self))

    def adopt(self):
        """The thread's own lane, given to it if it has none. Returns NativeLane."""
        return NativeLane(_adopt(self))

    def note_free(self, length):
        """As Heap.note_free."""

    def enter(self, lane):
        """Enter the thread's own lane. Returns bool, False when it is another thread's, or no one's."""
        return _enter(self, lane.addr)

    def leave(self, lane):
        """Leave the thread's own lane."""
        _leave(self, lane.addr)

    def load(self, addr):
        """The word at `addr`. Raises MemoryFault unless it is a word of a mapping."""
        self._require_word("load", addr)
        return load_at(addr)

    def store(self, addr, word):
        """Set the word at `addr`. Raises MemoryFault unless it is a word of a mapping."""
        self._require_word("store", addr)
        _store_at(addr, word)

    def map(self, length, align_log2):
        """Zeroed pages for `length` bytes at a multiple of 1 << `align_log2`. Returns int, the address, or 0."""
        return _map(self, length, align_log2)

    def unmap(self, addr, length):
        """Give a mapping back. Raises MemoryFault unless it is one, of that many pages."""
        self._require_mapping("unmap", addr, length)
        _unmap(self, addr, length)

    def remap(self, addr, length, new_length, may_move):
        """Give a mapping another length, as Arena.remap does."""
        self._require_mapping("remap", addr, length)
        return _remap(self, addr, length, new_length, may_move)

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
        leaf = np.ctypeslib.as_array((ctypes.c_int64 * (LEAF_LEN // 8)).from_address(int(root[root_index])))
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


# The heap in compiled code: the address of the control block


class NativeHeapType(HeapType):
    def __init__(self):
        super().__init__("heap")


NATIVE_HEAP = NativeHeapType()


@typeof_impl.register(NativeHeap)
def _typeof_native_heap(value, context):
    return NATIVE_HEAP


@register_model(NativeHeapType)
class _NativeHeapModel(models.PrimitiveModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, data_model_manager[types.int64].get_value_type())


@unbox(NativeHeapType)
def _unbox_native_heap(numba_type, obj, context):
    addr = context.pyapi.object_getattr_string(obj, "control_addr")
    value = context.pyapi.long_as_longlong(addr)
    context.pyapi.decref(addr)
    return NativeValue(value, is_error=cgutils.is_not_null(context.builder, context.pyapi.err_occurred()))


@intrinsic
def _control_addr(typing_context, heap):
    return types.int64(NATIVE_HEAP), lambda context, builder, signature, args: args[0]


@compiled
def _word_of(heap, word):
    return load_word(_control_addr(heap) + word * 8)


@overload(lanes_addr)
def _native_lanes_addr(heap):
    if isinstance(heap, NativeHeapType):
        return lambda heap: _control_addr(heap) + LANES_OFFSET
    return None


@overload(lane_count)
def _native_lane_count(heap):
    if isinstance(heap, NativeHeapType):
        return lambda heap: _word_of(heap, LANE_COUNT)
    return None


@overload_attribute(NativeHeapType, "thread_index")
def _native_heap_thread_index(heap):
    return lambda heap: _get_specific(_word_of(heap, THREAD_KEY))


@overload_method(NativeHeapType, "set_thread_index")
def _native_heap_set_thread_index(heap, index):
    def set_thread_index(heap, index):
        _set_specific(_word_of(heap, THREAD_KEY), index)

    return set_thread_index


@compiled
def _slot_addr(heap):
    """Where the table says which lane may be the caller's own."""
    # No product passes 2**63, as the compiler takes it that none does.
    hashed = (thread_pointer() >> 12 & 0xFFFFFFF) * 0x9E3779B1 >> 32 & (SLOT_COUNT - 1)
    return _control_addr(heap) + SLOTS_OFFSET + hashed * 8


@overload_method(NativeHeapType, "note_free")
def _native_heap_note_free(heap, length):
    def note_free(heap, length):
        pass

    return note_free


@overload_method(NativeHeapType, "adopt")
def _native_heap_adopt(heap):
    def adopt(heap):
        addr = _get_specific(_word_of(heap, OWN_KEY))
        if addr == 0:
            first_addr = _control_addr(heap) + LANES_OFFSET + _word_of(heap, LANE_COUNT) * LANE_LEN
            addr = take_over(first_addr, OWN_CAPACITY, _owner_word())
            if addr == 0:
                return lane_at(_control_addr(heap) + NO_LANE_OFFSET)
            if _set_specific(_word_of(heap, OWN_KEY), addr) != 0:  # no memory: then its end would not be told
                store_release(addr + OWNER_OFFSET, 0)
                return lane_at(_control_addr(heap) + NO_LANE_OFFSET)
        if HAS_THREAD_POINTER:
            store_word(_slot_addr(heap), addr)
        return lane_at(addr)

    return adopt


if HAS_THREAD_POINTER:

    @compiled
    def _owner_word():
        return thread_pointer()

    @overload_attribute(NativeHeapType, "own_lane")
    def _native_heap_own_lane(heap):
        return lambda heap: lane_at(load_word(_slot_addr(heap)))

    @overload_method(NativeHeapType, "enter")
    def _native_heap_enter(heap, lane):
        return lambda heap, lane: load_word(lane_addr(lane) + OWNER_OFFSET) == thread_pointer()

else:

    @compiled
    def _owner_word():
        return 1

    @overload_attribute(NativeHeapType, "own_lane")
    def _native_heap_own_lane(heap):
        def own_lane(heap):
            addr = _get_specific(_word_of(heap, OWN_KEY))
            return lane_at(addr if addr != 0 else _control_addr(heap) + NO_LANE_OFFSET)

        return own_lane

    @overload_method(NativeHeapType, "enter")
    def _native_heap_enter(heap, lane):
        return lambda heap, lane: load_word(lane_addr(lane) + OWNER_OFFSET) != 0


@overload_method(NativeHeapType, "leave")
def _native_heap_leave(heap, lane):
    def leave(heap, lane):
        pass

    return leave


@compiled
def _count_mapped(heap, length):
    control = _control_addr(heap)
    mapped_len = add_relaxed(control + MAPPED_LEN * 8, length) + length
    max_relaxed(control + PEAK_MAPPED_LEN * 8, mapped_len)


@overload_method(NativeHeapType, "map")
def _native_heap_map(heap, length, align_log2):
    def map_(heap, length, align_log2):
        addr = map_pages(length, align_log2)
        if addr == 0:
            return 0
        if not set_chunk_entry(_word_of(heap, CHUNKS_ROOT), addr, whole_pages(length)):
            unmap_pages(addr, length)
            return 0
        _count_mapped(heap, whole_pages(length))
        return addr

    return map_


@overload_method(NativeHeapType, "unmap")
def _native_heap_unmap(heap, addr, length):
    def unmap(heap, addr, length):
        # First the entry: as soon as it is unmapped, another thread's map may get this very address.
        set_chunk_entry(_word_of(heap, CHUNKS_ROOT), addr, 0)
        _count_mapped(heap, -whole_pages(length))
        unmap_pages(addr, length)

    return unmap


@overload_method(NativeHeapType, "remap")
def _native_heap_remap(heap, addr, length, new_length, may_move):
    def remap(heap, addr, length, new_length, may_move):
        if resize_pages(addr, length, new_length):
            set_chunk_entry(_word_of(heap, CHUNKS_ROOT), addr, whole_pages(new_length))
            _count_mapped(heap, whole_pages(new_length) - whole_pages(length))
            return addr
        if not may_move:
            return 0
        place = heap.map(new_length, 0)
        if place == 0:
            return 0
        set_chunk_entry(_word_of(heap, CHUNKS_ROOT), addr, 0)
        if move_pages(addr, length, place, new_length):
            _count_mapped(heap, -whole_pages(length))
            return place
        set_chunk_entry(_word_of(heap, CHUNKS_ROOT), addr, whole_pages(length))
        heap.unmap(place, new_length)
        return 0

    return remap


# The members that Python calls, compiled


@compiled
def _get_thread_index(heap):
    return heap.thread_index


@compiled
def _set_thread_index(heap, index):
    heap.set_thread_index(index)


@compiled
def _try_lock(heap, addr):
    return heap.try_lock(lane_at(addr))


@compiled
def _unlock(heap, addr):
    heap.unlock(lane_at(addr))


@compiled
def _own_lane(heap):
    return lane_addr(heap.own_lane)


@compiled
def _adopt(heap):
    return lane_addr(heap.adopt())


@compiled
def _enter(heap, addr):
    return heap.enter(lane_at(addr))


@compiled
def _leave(heap, addr):
    heap.leave(lane_at(addr))


@compiled
def load_at(addr):
    """The word at `addr`, unchecked."""
    return load_word(addr)


@compiled
def _store_at(addr, word):
    store_word(addr, word)


@compiled
def _map(heap, length, align_log2):
    return heap.map(length, align_log2)


@compiled
def _unmap(heap, addr, length):
    heap.unmap(addr, length)


@compiled
def _remap(heap, addr, length, new_length, may_move):
    return heap.remap(addr, length, new_length, may_move)
