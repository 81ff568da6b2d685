"""The checked heap of a library: with REFALLOC_CHECK=1, wrong use of a block ends the program, and says what was wrong.

    double free         a block that was freed is freed again
    overrun             what lies behind a block, or before it, was written
    use after free      a freed block was written
    foreign pointer     no block starts there

The text knows nothing of it: a checked block lies within one of the text's, and what is around it is watched.

    start               of the text's block; pad bytes before addr, 16 of them or as many as the alignment
    addr - 16           size << 8 | log2 of pad
    addr - 8            addr ^ LIVE, or QUARANTINED or GONE once it is freed
    addr                size bytes, the caller's
    addr + size         GUARD_LEN bytes of GUARD

A freed block is filled with POISON and waits in a ring, the quarantine, before the text gets it back. When it leaves,
or the process ends, it must be as it was filled. A ring takes no lock: who puts a block into a place of it takes out
the one that was there. Blocks longer than LONG_LEN are not kept; the system has most of them back at once, and a second
free finds no block.

Blocks from before the library's constructor are not checked: their chunks lack IS_CHECKED. They are never given back.

Not found: a read of a freed block or behind a block (though POISON is seldom a pointer), a write far behind a block, a
leak.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.library import IS_CHECKED, IS_LARGE, entry_of, length_of, set_entry
from refalloc.native.messages import STDERR, put_address, put_number, put_string, write_line
from refalloc.native.pages import CHUNK_LOG2
from refalloc.native.words import (
    add_relaxed,
    copy_bytes,
    exchange,
    fill_bytes,
    load_byte,
    load_word,
    replace_word,
    store_word,
    string_addr,
    symbol_addr,
    wrapping_product,
)

_i64, _void = types.int64, types.void
INTERNAL = {
    "refalloc_checked_alloc": _i64(_i64, _i64),
    "refalloc_checked_free": _void(_i64, _i64),
    "refalloc_checked_realloc": _i64(_i64, _i64),
    "refalloc_checked_size": _i64(_i64, _i64),
    "refalloc_check_quarantine": _void(),
}
plain_alloc = types.ExternalFunction("refalloc_plain_alloc", signature(_i64, _i64, _i64))
plain_free = types.ExternalFunction("refalloc_plain_free", signature(_void, _i64))
foreign = types.ExternalFunction("refalloc_foreign", signature(_void, _i64, _i64))
c_abort = types.ExternalFunction("abort", signature(_void))

HEADER_LEN, HEADER_LOG2 = 16, 4
GUARD_LEN, GUARD = 16, 0xFD
POISON = 0xDB
EACH_BYTE = 0x0101010101010101  # times a byte: a word of it
LIVE, QUARANTINED, GONE = 0x4C495645_B10C0001, 0x46524545_B10C0002, 0x474F4E45_B10C0003
MAX_PAD_LOG2 = 47
SHORT_LEN, SHORT_PLACES = 1024, 8192  # bytes of a block, and how many of these the quarantine holds
LONG_LEN, LONG_PLACES = 256 * 1024, 64

QUARANTINE_IR = f"""
@refalloc_short_ring = global [{SHORT_PLACES + 1} x i64] zeroinitializer
@refalloc_long_ring = global [{LONG_PLACES + 1} x i64] zeroinitializer
"""  # the word behind a ring's places is the number of blocks ever put into it


def refalloc_checked_alloc(size, align_log2):
    """A block in a block of the text's. Returns int64, its address; 0, and errno, when there is no memory."""
    pad_log2 = max(align_log2, HEADER_LOG2)
    start = plain_alloc((1 << pad_log2) + size + GUARD_LEN, align_log2)
    if start == 0:
        return 0
    addr = start + (1 << pad_log2)
    # Of a large block, only the first chunk has an entry, and much alignment puts addr into another.
    if entry_of(addr - HEADER_LEN) == 0 and not set_entry(addr - HEADER_LEN, entry_of(start)):
        plain_free(start)
        return 0
    store_word(addr - 16, size << 8 | pad_log2)
    store_word(addr - 8, addr ^ LIVE)
    fill_bytes(addr + size, GUARD, GUARD_LEN)
    return addr


def refalloc_checked_free(addr, function):
    """Free a block; `function` is the address of the caller's name, for the report."""
    if was_before_checks(addr):
        return
    require_live(addr, function)
    if not replace_word(addr - 8, addr ^ LIVE, addr ^ QUARANTINED):
        report(addr, function, string_addr("double free"), -1)  # by two threads at once
    size = load_word(addr - 16) >> 8
    if size > LONG_LEN:
        give_back(addr)
        return
    fill_bytes(addr, POISON, size)
    if size <= SHORT_LEN:
        leaving = put_into(symbol_addr("refalloc_short_ring"), SHORT_PLACES, addr)
    else:
        leaving = put_into(symbol_addr("refalloc_long_ring"), LONG_PLACES, addr)
    if leaving != 0:
        require_poison(leaving)
        give_back(leaving)


def refalloc_checked_realloc(addr, size):
    """A block that is checked always moves, so that whoever keeps the old address is found out. As C's realloc."""
    old_size = refalloc_checked_size(addr, string_addr("realloc"))
    new_addr = refalloc_checked_alloc(size, HEADER_LOG2)
    if new_addr != 0:
        copy_bytes(new_addr, addr, min(old_size, size))
        refalloc_checked_free(addr, string_addr("realloc"))
    return new_addr


def refalloc_checked_size(addr, function):
    """The bytes that were asked for, of a block that is live. Returns int64."""
    if was_before_checks(addr):
        return length_of(entry_of(addr))
    require_live(addr, function)
    return load_word(addr - 16) >> 8


def refalloc_check_quarantine():
    """Look at the freed blocks that are still kept."""
    require_all_poison(symbol_addr("refalloc_short_ring"), SHORT_PLACES)
    require_all_poison(symbol_addr("refalloc_long_ring"), LONG_PLACES)


def was_before_checks(addr):
    entry = entry_of(addr)
    return entry != 0 and entry & IS_CHECKED == 0


def require_live(addr, function):
    entry = entry_of(addr - HEADER_LEN)
    if entry & IS_CHECKED == 0 or addr & (HEADER_LEN - 1) != 0:
        foreign(addr, function)
        return
    state = load_word(addr - 8) ^ addr
    if state in (QUARANTINED, GONE):
        report(addr, function, string_addr("double free"), -1)
    if state != LIVE:
        report_no_start(addr, function)
    size, pad_log2 = load_word(addr - 16) >> 8, load_word(addr - 16) & 0xFF
    if size < 0 or pad_log2 > MAX_PAD_LOG2 or (1 << pad_log2) + size + GUARD_LEN > length_of(entry):
        report_no_start(addr, function)
    offset = first_other(addr + size, GUARD_LEN, GUARD)
    if offset >= 0:
        report(addr, function, string_addr("overrun"), size + offset)


def require_poison(addr):
    offset = first_other(addr, load_word(addr - 16) >> 8, POISON)
    if offset >= 0:
        report(addr, string_addr("a write after free"), string_addr("use after free"), offset)


def first_other(addr, length, byte):
    """The offset of the first of `length` bytes that is not `byte`. Returns int64, -1 when all are."""
    offset = 0
    while addr & 7 == 0 and offset + 8 <= length and load_word(addr + offset) == wrapping_product(byte, EACH_BYTE):
        offset += 8
    while offset < length:
        if load_byte(addr + offset) != byte:
            return offset
        offset += 1
    return -1


def require_all_poison(ring, places):
    for place in range(places):
        addr = exchange(ring + place * 8, 0)
        if addr != 0:
            require_poison(addr)


def put_into(ring, places, addr):
    """Put a block into the next place of a ring. Returns int64, the block that was there, or 0."""
    place = add_relaxed(ring + places * 8, 1) & (places - 1)
    return exchange(ring + place * 8, addr)


def give_back(addr):
    """To the text."""
    start = addr - (1 << (load_word(addr - 16) & 0xFF))
    store_word(addr - 8, addr ^ GONE)
    if start >> CHUNK_LOG2 != (addr - HEADER_LEN) >> CHUNK_LOG2 and entry_of(start) & IS_LARGE != 0:
        set_entry(addr - HEADER_LEN, 0)
    plain_free(start)


def report(addr, function, fault, offset):
    """Say what was done to which block, and end the program. offset: of the byte that was written, or -1."""
    start = symbol_addr("refalloc_line")
    end = put_fault(start, fault, function, addr)
    if load_word(addr - 8) ^ addr == GONE:  # the text has the block, and may have written to its first bytes
        end = put_string(end, string_addr("a block"))
    else:
        end = put_string(end, string_addr("a block of "))
        end = put_string(put_number(end, load_word(addr - 16) >> 8, 10), string_addr(" bytes"))
    end = put_place(end, entry_of(addr - HEADER_LEN))
    if offset >= 0:
        end = put_number(put_string(end, string_addr("; its byte ")), offset, 10)
        end = put_string(end, string_addr(" was written"))
    write_line(STDERR, start, end)
    c_abort()


def report_no_start(addr, function):
    start = symbol_addr("refalloc_line")
    end = put_fault(start, string_addr("overrun, or foreign pointer"), function, addr)
    end = put_string(end, string_addr("the bytes before it are no start of a block; they were written, or it lies "))
    end = put_place(put_string(end, string_addr("inside a block")), entry_of(addr - HEADER_LEN))
    write_line(STDERR, start, end)
    c_abort()


def put_fault(to_addr, fault, function, addr):
    end = put_string(put_string(to_addr, string_addr("refalloc: ")), fault)
    end = put_string(put_string(end, string_addr(": ")), function)
    end = put_address(put_string(end, string_addr("(")), addr)
    return put_string(end, string_addr("): "))


def put_place(to_addr, entry):
    """Where in the text's heap a block lies."""
    if entry & IS_LARGE != 0:
        return put_string(to_addr, string_addr(", mapped on its own"))
    end = put_number(put_string(to_addr, string_addr(" in the size class of ")), length_of(entry), 10)
    return put_string(end, string_addr(" bytes, guards included"))
