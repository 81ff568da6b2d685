"""The members of NativeHeap in compiled code, and the memory they work on.

Design. One control block in memory holds what compiled code needs, so that a heap is one word there: see WORDS. The
lanes follow it. Mappings are in a chunk table: an entry is the mapping's length. The thread's index is a
pthread-specific value, as code that is compiled at run time has no other thread-local storage.

A thread's own lane has to be found faster than by a call. A table, SLOT_COUNT words, says which lane the last thread
had whose thread pointer, a register, falls on that word; and the lane says whose it is. So one look shows whether that
is the caller's; if not, adopt finds it by the pthread-specific value, or makes it, and sets the word. The key of that
value has a destructor, which makes the lane no thread's when the thread ends. That a thread is inside its lane needs
no note, as a signal's handler in Python runs when compiled code has returned, and no other runs this code.
"""

import platform
import sys

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
    unbox,
)

from refalloc.heap import may_wait
from refalloc.native.chunks import record_addr, set_chunk_entry
from refalloc.native.compiler import compiled
from refalloc.native.machine import (
    LANE_LEN,
    LINE_LEN,
    OWNER_OFFSET,
    HeapType,
    lane_addr,
    lane_at,
    lane_count,
    lanes_addr,
    take_over,
    words_at,
)
from refalloc.native.pages import map_pages, move_pages, populate_pages, resize_pages, unmap_pages, whole_pages
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


# The heap in compiled code: the address of the control block


class NativeHeapType(HeapType):
    def __init__(self):
        super().__init__("heap")


NATIVE_HEAP = NativeHeapType()


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


@overload_method(NativeHeapType, "record")
def _native_heap_record(heap, slab):
    return lambda heap, slab: words_at(record_addr(_word_of(heap, CHUNKS_ROOT), slab))


@overload_method(NativeHeapType, "devote")
def _native_heap_devote(heap, slab, size_class, size):
    def devote(heap, slab, size_class, size):
        pass

    return devote


@overload_method(NativeHeapType, "populate")
def _native_heap_populate(heap, addr, length):
    def populate(heap, addr, length):
        populate_pages(addr, length)

    return populate


may_wait_compiled = compiled(may_wait)


@overload_method(NativeHeapType, "keeps")
def _native_heap_keeps(heap, length, waiting_len):
    return lambda heap, length, waiting_len: may_wait_compiled(length, waiting_len)


@overload_method(NativeHeapType, "took")
def _native_heap_took(heap, length):
    def took(heap, length):
        pass

    return took


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
def get_thread_index(heap):
    return heap.thread_index


@compiled
def set_thread_index(heap, index):
    heap.set_thread_index(index)


@compiled
def try_lock(heap, addr):
    return heap.try_lock(lane_at(addr))


@compiled
def unlock(heap, addr):
    heap.unlock(lane_at(addr))


@compiled
def own_lane(heap):
    return lane_addr(heap.own_lane)


@compiled
def adopt(heap):
    return lane_addr(heap.adopt())


@compiled
def enter(heap, addr):
    return heap.enter(lane_at(addr))


@compiled
def leave(heap, addr):
    heap.leave(lane_at(addr))


@compiled
def load_at(addr):
    """The word at `addr`, unchecked."""
    return load_word(addr)


@compiled
def store_at(addr, word):
    store_word(addr, word)


@compiled
def map_(heap, length, align_log2):
    return heap.map(length, align_log2)


@compiled
def unmap(heap, addr, length):
    heap.unmap(addr, length)


@compiled
def remap(heap, addr, length, new_length, may_move):
    return heap.remap(addr, length, new_length, may_move)
