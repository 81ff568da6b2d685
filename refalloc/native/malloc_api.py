"""The C malloc interface over the text of an allocator, in the Python that is compiled into the library.

Each function of ENTRY_POINTS becomes a C function of that name; those of INTERNAL are called by name within the
library, and kept out of line, since they are seldom needed. text_alloc, text_free, text_resize and text_remap are here
the reference's; when a library is made of another text, they are bound to that one's.

What C and POSIX leave open is answered as glibc does: malloc(0) is a block, realloc(p, 0) frees and gives NULL,
memalign rounds an odd alignment up. Blocks are aligned to 16 bytes, or more if asked. free keeps errno.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.allocator import alloc as text_alloc
from refalloc.allocator import free as text_free
from refalloc.allocator import remap as text_remap
from refalloc.allocator import resize as text_resize
from refalloc.native.checked_blocks import INTERNAL as CHECKED
from refalloc.native.idle import INTERNAL as IDLE
from refalloc.native.library import (
    ALIGN_MASK,
    CLASS_MASK,
    ENTRY_CLASS_LOG2,
    ENTRY_LEN_LOG2,
    FREES,
    IS_CHECKED,
    IS_FRESH,
    IS_LARGE,
    MALLOCS,
    MODE,
    MODE_CHECK,
    MODE_COUNT_CALLS,
    MODE_LOOK_IDLE,
    REALLOCS,
    add_to_state,
    entry_of,
    length_of,
    map_tagged,
    probe,
    remap_tagged,
    request,
    set_entry,
    state_word,
    unmap_tagged,
)
from refalloc.native.messages import STDERR, put_address, put_string, write_line
from refalloc.native.pages import populate_pages
from refalloc.native.signals import SIGNAL_SET_LEN, block_signals, restore_signals
from refalloc.native.words import (
    bit_length,
    copy_bytes,
    fill_bytes,
    load_int32,
    stack_addr,
    store_int32,
    store_word,
    string_addr,
    symbol_addr,
    unlikely,
    unsigned_product,
)

_i32, _i64, _void = types.int32, types.int64, types.void
ENTRY_POINTS = {
    "malloc": _i64(_i64),
    "free": _void(_i64),
    "calloc": _i64(_i64, _i64),
    "realloc": _i64(_i64, _i64),
    "reallocarray": _i64(_i64, _i64, _i64),
    "aligned_alloc": _i64(_i64, _i64),
    "memalign": _i64(_i64, _i64),
    "posix_memalign": _i32(_i64, _i64, _i64),
    "valloc": _i64(_i64),
    "pvalloc": _i64(_i64),
    "malloc_usable_size": _i64(_i64),
    "malloc_trim": _i32(_i64),
}
INTERNAL = {
    "refalloc_map": _i64(_i64, _i64, _i64, _i64),
    "refalloc_unmap": _void(_i64, _i64),
    "refalloc_populate": _void(_i64, _i64),
    "refalloc_remap": _i64(_i64, _i64, _i64, _i64),
    "refalloc_no_memory": _i64(),
    "refalloc_foreign": _void(_i64, _i64),
    "refalloc_odd_malloc": _i64(_i64),
    "refalloc_watch": _i64(_i64),
    "refalloc_plain_alloc": _i64(_i64, _i64),
    "refalloc_plain_free": _void(_i64),
    "refalloc_trim": _i64(),
}

MALLOC_ALIGN_LOG2 = 4  # alignof(max_align_t) on x86-64 and arm64
MAX_LENGTH_LOG2 = 46  # 64 TiB: half of all addresses, and what an entry has room for
COMMON_LENGTH_LOG2 = 31  # up to here, malloc asks no more questions
PAGE_LEN = 4096
# A block of this length that grows by little will grow again: it gets half as much more, and is not copied each time.
# What is not used of that takes few pages. So one that shrinks by less than half stays where it is.
GROWING_LEN = 4 * PAGE_LEN
PROBED_ADDR = PAGE_LEN  # of the block that the probe is asked about; not 0, which is what its remap answers
ENOMEM, EINVAL = 12, 22

c_errno_location = types.ExternalFunction("__errno_location", signature(_i64))
c_abort = types.ExternalFunction("abort", signature(_void))
no_memory = types.ExternalFunction("refalloc_no_memory", INTERNAL["refalloc_no_memory"])
foreign = types.ExternalFunction("refalloc_foreign", INTERNAL["refalloc_foreign"])
odd_malloc = types.ExternalFunction("refalloc_odd_malloc", INTERNAL["refalloc_odd_malloc"])
watch = types.ExternalFunction("refalloc_watch", INTERNAL["refalloc_watch"])
checked_alloc = types.ExternalFunction("refalloc_checked_alloc", CHECKED["refalloc_checked_alloc"])
checked_free = types.ExternalFunction("refalloc_checked_free", CHECKED["refalloc_checked_free"])
checked_realloc = types.ExternalFunction("refalloc_checked_realloc", CHECKED["refalloc_checked_realloc"])
checked_size = types.ExternalFunction("refalloc_checked_size", CHECKED["refalloc_checked_size"])
note_mapped = types.ExternalFunction("refalloc_note_mapped", IDLE["refalloc_note_mapped"])
look_idle = types.ExternalFunction("refalloc_look_idle", IDLE["refalloc_look_idle"])


# What not every text has; see export.py


def text_trim(heap):
    """For a text that has no trim. One that has gives back what it can, beside other threads, and says how much."""
    return 0


def text_class(length, align_log2):
    """For a text that lacks size_class_index or free_slot."""
    return 0


def text_free_slot(heap, addr, size_class):
    """Likewise; not called."""


# The C functions


def malloc(size):
    # One test for four: 0, very large ones, more than any system has, and what a size_t holds beyond int64.
    if unlikely((size - 1) >> COMMON_LENGTH_LOG2 != 0):
        return odd_malloc(size)
    return allocate(size, MALLOC_ALIGN_LOG2)


def free(addr):
    if addr == 0:
        return
    if unlikely(state_word(MODE) != 0) and watch(FREES):
        checked_free(addr, string_addr("free"))
        return
    entry = entry_of(addr)
    if unlikely(entry == 0):
        foreign(addr, string_addr("free"))
        return
    release(addr, entry)


def calloc(number, size):
    length, is_over = unsigned_product(number, size)
    if unlikely(is_over):
        return no_memory()
    addr = malloc(length)
    if addr != 0 and not entry_of(addr) & IS_FRESH:  # fresh pages take no memory until they are written
        fill_bytes(addr, 0, length)
    return addr


def realloc(addr, size):
    if addr == 0:
        return malloc(size)
    if size == 0:
        free(addr)
        return 0
    if unlikely(size >> MAX_LENGTH_LOG2 != 0):
        return no_memory()
    if unlikely(state_word(MODE) != 0) and watch(REALLOCS):
        return checked_realloc(addr, size)
    entry = entry_of(addr)
    if unlikely(entry == 0):
        foreign(addr, string_addr("realloc"))
        return 0
    length, align_log2 = length_of(entry), entry & ALIGN_MASK
    if text_resize(request(size, align_log2), addr, length, size, align_log2):
        return addr
    if length >= GROWING_LEN and length >> 1 < size <= length and not entry & IS_LARGE:
        return addr
    if entry & IS_LARGE:
        new_addr = text_remap(request(size, align_log2), addr, length, size, align_log2)
        if new_addr != 0:
            return new_addr
    wanted = size
    if size > length >= GROWING_LEN and size - length < length >> 2:
        wanted = length + (length >> 1)
    new_addr = text_alloc(request(wanted, MALLOC_ALIGN_LOG2), wanted, MALLOC_ALIGN_LOG2)
    if unlikely(new_addr == 0):
        if size <= length:
            return addr  # a block that is too long serves as well
        return no_memory()
    copy_bytes(new_addr, addr, min(length, size))
    release(addr, entry)
    return new_addr


def reallocarray(addr, number, size):
    length, is_over = unsigned_product(number, size)
    if unlikely(is_over):
        return no_memory()
    return realloc(addr, length)


def aligned_alloc(alignment, size):
    if alignment <= 0 or alignment & (alignment - 1) != 0:
        set_errno(EINVAL)
        return 0
    return aligned(bit_length(alignment) - 1, size)


def memalign(alignment, size):
    if alignment >> MAX_LENGTH_LOG2 != 0:
        set_errno(EINVAL)
        return 0
    return aligned(bit_length(max(alignment, 1) - 1), size)


def posix_memalign(result_addr, alignment, size):
    if alignment < 8 or alignment & (alignment - 1) != 0:
        return EINVAL
    errno = load_int32(c_errno_location())
    addr = aligned(bit_length(alignment) - 1, size)
    set_errno(errno)
    if addr == 0:
        return ENOMEM
    store_word(result_addr, addr)
    return 0


def valloc(size):
    return aligned(bit_length(PAGE_LEN) - 1, size)


def pvalloc(size):
    if size >> MAX_LENGTH_LOG2 != 0:
        return no_memory()
    return aligned(bit_length(PAGE_LEN) - 1, max(size + PAGE_LEN - 1, PAGE_LEN) & -PAGE_LEN)


def malloc_usable_size(addr):
    if addr == 0:
        return 0
    if state_word(MODE) & MODE_CHECK != 0:
        return checked_size(addr, string_addr("malloc_usable_size"))
    entry = entry_of(addr)
    if entry == 0:
        foreign(addr, string_addr("malloc_usable_size"))
    return length_of(entry)


def malloc_trim(pad):
    return 1 if refalloc_trim() != 0 else 0


# What they share


def allocate(length, align_log2):
    if unlikely(state_word(MODE) != 0) and watch(MALLOCS):
        return checked_alloc(length, align_log2)
    addr = text_alloc(request(length, align_log2), length, align_log2)
    if unlikely(addr == 0):
        return no_memory()
    return addr


def aligned(align_log2, size):
    if size >> MAX_LENGTH_LOG2 != 0:
        return no_memory()
    return allocate(max(size, 1), max(align_log2, MALLOC_ALIGN_LOG2))


def release(addr, entry):
    release_by_length(addr, entry)


def release_by_length(addr, entry):
    if unlikely(entry & IS_FRESH != 0):
        set_entry(addr, entry & ~IS_FRESH)
    length, align_log2 = length_of(entry), entry & ALIGN_MASK
    text_free(request(length, align_log2), addr, length, align_log2)


def release_by_class(addr, entry):
    """What stands for release with a text that has free_slot: the class need not be found again."""
    if unlikely(entry & (IS_LARGE | IS_FRESH) != 0):
        release_by_length(addr, entry)
    else:
        text_free_slot(request(0, 0), addr, entry >> ENTRY_CLASS_LOG2 & CLASS_MASK)


def set_errno(errno):
    store_int32(c_errno_location(), errno)


# Out of line


def refalloc_odd_malloc(size):
    if size == 0:
        return allocate(1, MALLOC_ALIGN_LOG2)
    if size >> MAX_LENGTH_LOG2 == 0:
        return allocate(size, MALLOC_ALIGN_LOG2)
    return refalloc_no_memory()


def refalloc_no_memory():
    set_errno(ENOMEM)
    return 0


def refalloc_watch(word):
    """Do what a call has to do beside its own. Returns int64, 0 unless blocks are checked."""
    if state_word(MODE) & MODE_LOOK_IDLE != 0:
        look_idle()
    if state_word(MODE) & MODE_COUNT_CALLS != 0:
        add_to_state(word, 1)
    return state_word(MODE) & MODE_CHECK


def refalloc_plain_alloc(length, align_log2):
    """A block of the text's, unchecked."""
    addr = text_alloc(request(length, align_log2), length, align_log2)
    return addr if addr != 0 else refalloc_no_memory()


def refalloc_plain_free(addr):
    release(addr, entry_of(addr))


def refalloc_trim():
    # A trim has all lanes, and a signal's handler that wants one of them would wait for what it has interrupted.
    kept_mask = stack_addr(SIGNAL_SET_LEN)
    block_signals(kept_mask)
    given_len = text_trim(request(0, 0))
    restore_signals(kept_mask)
    return given_len


def refalloc_map(length, align_log2, asked_len, asked_align_log2):
    """Pages that the text maps while it serves a request of asked_len at 1 << asked_align_log2."""
    if asked_len >> MAX_LENGTH_LOG2 != 0:
        return 0
    note_mapped(length)
    room = slot_room(asked_len, asked_align_log2)
    bits = asked_align_log2 | (IS_CHECKED if state_word(MODE) & MODE_CHECK != 0 else 0)
    if room == 0:
        entry = asked_len << ENTRY_LEN_LOG2 | IS_LARGE
    else:
        entry = room << ENTRY_LEN_LOG2 | text_class(asked_len, asked_align_log2) << ENTRY_CLASS_LOG2
    # Where there is room for a second block, the text may write a link into the first before it hands it out.
    if length < 2 * max(room, asked_len) and not bits & IS_CHECKED:
        bits |= IS_FRESH
    return map_tagged(length, align_log2, entry | bits)


def refalloc_unmap(addr, length):
    errno = load_int32(c_errno_location())
    unmap_tagged(addr, length)
    set_errno(errno)


def refalloc_populate(addr, length):
    errno = load_int32(c_errno_location())
    populate_pages(addr, length)
    set_errno(errno)


def refalloc_remap(addr, length, new_length, may_move):
    errno = load_int32(c_errno_location())
    new_addr = remap_tagged(addr, length, new_length, may_move)
    set_errno(errno)
    return new_addr


def slot_room(length, align_log2):
    """The longest length that the text takes for the same slot as `length`; 0 when it takes that for large.

    Two lengths are of one slot when resize, which may get no pages here, agrees to go from one to the other.
    """
    if not text_resize(probe(), PROBED_ADDR, length, length, align_log2):
        return 0
    fits, too_long = length, length + 1
    while text_resize(probe(), PROBED_ADDR, length, too_long, align_log2):
        fits, too_long = too_long, 2 * too_long
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_resize(probe(), PROBED_ADDR, length, middle, align_log2):
            fits = middle
        else:
            too_long = middle
    return fits


def refalloc_foreign(addr, function):
    """Say which call was given a pointer that this library never handed out, and end the program."""
    start = symbol_addr("refalloc_line")
    end = put_string(put_string(start, string_addr("refalloc: ")), function)
    end = put_address(put_string(end, string_addr("(")), addr)
    end = put_string(end, string_addr("): not a block of this allocator, or a large one freed already; "))
    end = put_string(end, string_addr("pass what malloc returned, once"))
    write_line(STDERR, start, end)
    c_abort()
