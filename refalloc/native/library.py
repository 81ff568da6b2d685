"""The heap inside an exported library: static memory, a thread-local index, and the chunk table that free looks into.

C's free has no length, and the text's has to have one. So a heap is, in this machine, the request it is made for: when
the text maps pages during an alloc, the heap knows for which length and alignment, and writes them into the chunk
table. If the text calls it small, it writes the longest length that the text would resize such a block to in place,
which is the room in a slot; so all blocks of the slab, whatever was asked for, may be freed and measured by it. This
holds for any text that keeps one size class to a mapping. An entry of the chunk table:

    length << 17 | is_fresh << 16 | size_class << 8 | is_large << 7 | is_checked << 6 | align_log2        0: not ours

Symbols that support_ir gives, and their memory:
    refalloc_state      words, see below
    refalloc_line       LINE_ROOM bytes, to put a message together
    refalloc_lanes      LANE_CAPACITY lanes; the system commits those that are used
    refalloc_root       root of the chunk table
    refalloc_index      the thread's index, behind two functions, since only a linked library has thread-local storage
    refalloc_own        the address of the thread's own lane, likewise
    refalloc_own_lanes  OWN_CAPACITY lanes, each some thread's own or waiting for one
    refalloc_no_lane    a lane that nobody can enter, and so just the word that says it: what a thread has for its own
                        before adopt
    refalloc_ended      the same, for a thread that ends, or for which there is no lane: adopt leaves it at that

A process with one thread needs no atomic step to take a lane, and most programs have one: glibc says so, from 2.32 on,
in a byte that it clears before it starts a second thread. (A signal's handler that allocates in between gives back what
it takes before it returns.)

Before the library's constructor has run there is one lane; the process has one thread then.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing import signature
from numba.extending import intrinsic, models, overload, overload_attribute, overload_method, register_model

from refalloc.native.chunks import ROOT_LEN, chunk_entry, record_addr, set_chunk_entry
from refalloc.native.compiler import compiled
from refalloc.native.machine import (
    LANE_LEN,
    LINE_LEN,
    HeapType,
    lane_addr,
    lane_at,
    lane_count,
    lanes_addr,
    words_at,
)
from refalloc.native.messages import LINE_ROOM
from refalloc.native.pages import CHUNK_LEN, map_pages, move_pages, resize_pages, unmap_pages, whole_chunks, whole_pages
from refalloc.native.words import (
    add_relaxed,
    exchange_acquire,
    load_word,
    max_relaxed,
    signal_fence,
    store_release,
    store_word,
    symbol_addr,
)

OWN_CAPACITY = 1024  # threads at a time that have a lane of their own
LANE_CAPACITY = 8192  # the most CPUs that a Linux kernel is built for
IS_LARGE = 1 << 7
IS_CHECKED = 1 << 6
ALIGN_MASK = (1 << 6) - 1
IS_FRESH = 1 << 16  # a block whose pages were mapped for it, and that was never freed: zero until it is written
ENTRY_LEN_LOG2, ENTRY_CLASS_LOG2, CLASS_MASK = 17, 8, 0xFF
GRANULE_LOG2 = 4  # what any slot that malloc may hand out is aligned to

# Words of refalloc_state
(
    LANE_COUNT,
    MODE,
    STATS_FILE,
    NUMBERS_PATH,
    SLABS,
    LARGES,
    LARGE_PEAK,
    MAPPED_LEN,
    PEAK_MAPPED_LEN,
    MALLOCS,
    FREES,
    REALLOCS,
    FORKS,
    OWN_KEY,
) = range(14)
STATE_WORDS = 14
MODE_COUNT_CALLS, MODE_CHECK, MODE_LOOK_IDLE = 1, 2, 4  # bits

_thread_index = types.ExternalFunction("refalloc_thread_index", signature(types.int64))
_set_thread_index = types.ExternalFunction("refalloc_set_thread_index", signature(types.void, types.int64))
_own = types.ExternalFunction("refalloc_own_addr", signature(types.int64))
set_own = types.ExternalFunction("refalloc_set_own_addr", signature(types.void, types.int64))
_adopt = types.ExternalFunction("refalloc_adopt", signature(types.int64))
_single_threaded = types.ExternalFunction("refalloc_single_threaded", signature(types.int64))
_map = types.ExternalFunction("refalloc_map", signature(*[types.int64] * 5))
_populate = types.ExternalFunction("refalloc_populate", signature(types.void, types.int64, types.int64))
_keeps = types.ExternalFunction("refalloc_keeps", signature(types.int64, types.int64))
_took = types.ExternalFunction("refalloc_took", signature(types.void, types.int64))
_unmap = types.ExternalFunction("refalloc_unmap", signature(types.void, types.int64, types.int64))
_remap = types.ExternalFunction("refalloc_remap", signature(*[types.int64] * 5))


def support_ir():
    """LLVM IR of the static memory, and of what reaches thread-local storage."""
    state = ", ".join(["i64 1", *["i64 0"] * (STATE_WORDS - 1)])
    return f"""
@refalloc_state = global [{STATE_WORDS} x i64] [{state}], align {LINE_LEN}
@refalloc_line = global [{LINE_ROOM} x i8] zeroinitializer
@refalloc_lanes = global [{LANE_CAPACITY * LANE_LEN} x i8] zeroinitializer, align {LINE_LEN}
@refalloc_root = global [{ROOT_LEN} x i8] zeroinitializer, align 4096
@refalloc_index = thread_local(initialexec) global i64 0
@refalloc_own_lanes = global [{OWN_CAPACITY * LANE_LEN} x i8] zeroinitializer, align {LINE_LEN}
@refalloc_no_lane = global i64 1, align {LINE_LEN}
@refalloc_ended = global i64 1
@refalloc_own = thread_local(initialexec) global ptr @refalloc_no_lane

define i64 @refalloc_own_addr() alwaysinline {{
  %addr = load i64, ptr @refalloc_own
  ret i64 %addr
}}

define void @refalloc_set_own_addr(i64 %addr) alwaysinline {{
  store i64 %addr, ptr @refalloc_own
  ret void
}}

define i64 @refalloc_thread_index() alwaysinline {{
  %index = load i64, ptr @refalloc_index
  ret i64 %index
}}

define void @refalloc_set_thread_index(i64 %index) alwaysinline {{
  store i64 %index, ptr @refalloc_index
  ret void
}}

@__libc_single_threaded = extern_weak global i8

define i64 @refalloc_single_threaded() alwaysinline {{
  %is_there = icmp ne ptr @__libc_single_threaded, null
  br i1 %is_there, label %ask, label %unknown
ask:
  %byte = load i8, ptr @__libc_single_threaded
  %word = zext i8 %byte to i64
  ret i64 %word
unknown:
  ret i64 0
}}
"""


class LibraryHeapType(HeapType):
    """The heap of an exported library: a request, its length and its align_log2."""

    def __init__(self):
        super().__init__("heap of a library")


class ProbeHeapType(HeapType):
    """A heap that refuses pages: asked on it, resize says how the text sorts lengths, and changes nothing."""

    def __init__(self):
        super().__init__("heap that refuses")


LIBRARY_HEAP, PROBE_HEAP = LibraryHeapType(), ProbeHeapType()


@register_model(LibraryHeapType)
class _LibraryHeapModel(models.StructModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, [("length", types.int64), ("align_log2", types.int64)])


@register_model(ProbeHeapType)
class _ProbeHeapModel(models.PrimitiveModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, ir.IntType(64))


@intrinsic
def request(typing_context, length, align_log2):
    """The heap, for a call that asks for `length` bytes at 1 << `align_log2`."""

    def codegen(context, builder, signature, args):
        heap = cgutils.create_struct_proxy(LIBRARY_HEAP)(context, builder)
        heap.length, heap.align_log2 = args
        return heap._getvalue()

    return LIBRARY_HEAP(types.int64, types.int64), codegen


@intrinsic
def probe(typing_context):
    """The heap that refuses."""
    return PROBE_HEAP(), lambda context, builder, signature, args: ir.Constant(ir.IntType(64), 0)


def _request_member(name):
    @intrinsic
    def member(typing_context, heap):
        def codegen(context, builder, signature, args):
            return getattr(cgutils.create_struct_proxy(LIBRARY_HEAP)(context, builder, args[0]), name)

        return types.int64(LIBRARY_HEAP), codegen

    return member


_length_of, _align_log2_of = _request_member("length"), _request_member("align_log2")


@compiled
def state_word(word):
    return load_word(symbol_addr("refalloc_state") + word * 8)


@compiled
def add_to_state(word, count):
    """Add to a word of the state, atomically. Returns int64, the sum."""
    return add_relaxed(symbol_addr("refalloc_state") + word * 8, count) + count


@compiled
def entry_of(addr):
    """The chunk table's entry for any address; 0 when it is not ours."""
    return chunk_entry(symbol_addr("refalloc_root"), addr)


@compiled
def length_of(entry):
    """The length in an entry; bytes."""
    return entry >> ENTRY_LEN_LOG2


@compiled
def set_entry(addr, entry):
    return set_chunk_entry(symbol_addr("refalloc_root"), addr, entry)


# Members of the two heaps


@overload(lanes_addr)
def _library_lanes_addr(heap):
    if isinstance(heap, LibraryHeapType | ProbeHeapType):
        return lambda heap: symbol_addr("refalloc_lanes")
    return None


@overload(lane_count)
def _library_lane_count(heap):
    if isinstance(heap, LibraryHeapType | ProbeHeapType):
        return lambda heap: state_word(LANE_COUNT)
    return None


@overload_attribute(LibraryHeapType, "thread_index")
@overload_attribute(ProbeHeapType, "thread_index")
def _library_heap_thread_index(heap):
    return lambda heap: _thread_index()


@overload_method(LibraryHeapType, "set_thread_index")
@overload_method(ProbeHeapType, "set_thread_index")
def _library_heap_set_thread_index(heap, index):
    def set_thread_index(heap, index):
        _set_thread_index(index)

    return set_thread_index


@overload_method(LibraryHeapType, "try_lock")
@overload_method(ProbeHeapType, "try_lock")
def _library_heap_try_lock(heap, lane):
    def try_lock(heap, lane):
        lock_addr = lane_addr(lane)
        if _single_threaded() != 0:
            was_taken = load_word(lock_addr)
            store_word(lock_addr, 1)
            return was_taken == 0
        return exchange_acquire(lock_addr, 1) == 0

    return try_lock


@overload_attribute(LibraryHeapType, "own_lane")
@overload_attribute(ProbeHeapType, "own_lane")
def _library_heap_own_lane(heap):
    return lambda heap: lane_at(_own())


@overload_method(LibraryHeapType, "adopt")
@overload_method(ProbeHeapType, "adopt")
def _library_heap_adopt(heap):
    return lambda heap: lane_at(_adopt())


# In a thread's own lane, the word of the lock says that the thread is inside. Plain loads and stores do, as nobody else
# looks at it but a signal's handler on this very thread.


@compiled
def step_inside(addr):
    """Enter the own lane at `addr`, of the thread that calls. Returns bool, False when it is inside already."""
    if load_word(addr) != 0:
        return False
    store_word(addr, 1)
    signal_fence()
    return True


@overload_method(LibraryHeapType, "enter")
@overload_method(ProbeHeapType, "enter")
def _library_heap_enter(heap, lane):
    return lambda heap, lane: step_inside(lane_addr(lane))


@overload_method(LibraryHeapType, "leave")
@overload_method(ProbeHeapType, "leave")
def _library_heap_leave(heap, lane):
    return lambda heap, lane: store_release(lane_addr(lane), 0)


@overload_method(LibraryHeapType, "map")
def _library_heap_map(heap, length, align_log2):
    return lambda heap, length, align_log2: _map(length, align_log2, _length_of(heap), _align_log2_of(heap))


@overload_method(LibraryHeapType, "record")
def _library_heap_record(heap, slab):
    return lambda heap, slab: words_at(record_addr(symbol_addr("refalloc_root"), slab))


@overload_method(LibraryHeapType, "devote")
def _library_heap_devote(heap, slab, size_class, size):
    def devote(heap, slab, size_class, size):
        is_checked = IS_CHECKED if state_word(MODE) & MODE_CHECK != 0 else 0
        set_entry(slab, size << ENTRY_LEN_LOG2 | size_class << ENTRY_CLASS_LOG2 | is_checked | GRANULE_LOG2)

    return devote


@overload_method(LibraryHeapType, "populate")
def _library_heap_populate(heap, addr, length):
    def populate(heap, addr, length):
        _populate(addr, length)

    return populate


@overload_method(LibraryHeapType, "keeps")
def _library_heap_keeps(heap, length, waiting_len):
    return lambda heap, length, waiting_len: _keeps(length) != 0


@overload_method(LibraryHeapType, "took")
def _library_heap_took(heap, length):
    def took(heap, length):
        _took(length)

    return took


@overload_method(LibraryHeapType, "unmap")
def _library_heap_unmap(heap, addr, length):
    def unmap(heap, addr, length):
        _unmap(addr, length)

    return unmap


@overload_method(LibraryHeapType, "remap")
def _library_heap_remap(heap, addr, length, new_length, may_move):
    return lambda heap, addr, length, new_length, may_move: _remap(addr, length, new_length, may_move)


@overload_method(ProbeHeapType, "map")
def _probe_heap_map(heap, length, align_log2):
    return lambda heap, length, align_log2: 0


@overload_method(ProbeHeapType, "unmap")
def _probe_heap_unmap(heap, addr, length):
    def unmap(heap, addr, length):
        pass

    return unmap


@overload_method(ProbeHeapType, "remap")
def _probe_heap_remap(heap, addr, length, new_length, may_move):
    return lambda heap, addr, length, new_length, may_move: 0


# Pages, with their entries


@compiled
def count_mapped(length):
    mapped_len = add_to_state(MAPPED_LEN, length)
    max_relaxed(symbol_addr("refalloc_state") + PEAK_MAPPED_LEN * 8, mapped_len)


@compiled
def map_tagged(length, align_log2, entry):
    """Map pages, and write `entry` for each of their chunks, or for the first alone if it is a large block's."""
    addr = map_pages(length, align_log2)
    if addr == 0:
        return 0
    end = addr + (CHUNK_LEN if entry & IS_LARGE else whole_chunks(length))
    for chunk in range(addr, end, CHUNK_LEN):
        if not set_entry(chunk, entry):
            unmap_pages(addr, length)
            return 0
    count_mapped(whole_pages(length))
    if entry & IS_LARGE:
        larges = add_to_state(LARGES, 1)
        max_relaxed(symbol_addr("refalloc_state") + LARGE_PEAK * 8, larges)
    else:
        add_to_state(SLABS, 1)
    return addr


@compiled
def unmap_tagged(addr, length):
    """Unmap pages, and before that clear their entries: another thread may be given the same addresses at once."""
    if entry_of(addr) & IS_LARGE:
        set_entry(addr, 0)
        add_to_state(LARGES, -1)
    else:
        for chunk in range(addr, addr + length, CHUNK_LEN):
            set_entry(chunk, 0)
        add_to_state(SLABS, -1)
    count_mapped(-whole_pages(length))
    unmap_pages(addr, length)


@compiled
def remap_tagged(addr, length, new_length, may_move):
    """Change a large block's length, in place or, if it may, elsewhere. Returns int64, its address, or 0."""
    entry = new_length << ENTRY_LEN_LOG2 | (entry_of(addr) & ((1 << ENTRY_LEN_LOG2) - 1))
    if resize_pages(addr, length, new_length):
        set_entry(addr, entry)
        count_mapped(whole_pages(new_length) - whole_pages(length))
        return addr
    if not may_move:
        return 0
    place = map_tagged(new_length, 0, entry)
    if place == 0:
        return 0
    old_entry = entry_of(addr)
    set_entry(addr, 0)
    if move_pages(addr, length, place, new_length):
        add_to_state(LARGES, -1)
        count_mapped(-whole_pages(length))
        return place
    set_entry(addr, old_entry)
    unmap_tagged(place, new_length)
    return 0
