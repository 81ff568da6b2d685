"""Give memory back when much of it is free: for a library, and a text that has a trim and tells what lies free.

Nothing runs while a program idles, as a thread or a signal of ours would change what the program is to others (to fork
a program with threads is another thing than one without). So memory has to go back as it is freed. Only trim, which
goes through all free slots, knows which slabs are wholly free; when it is worth that is told by what the text notes as
free, in batches, so that malloc and free have nothing to do for it: a bit of MODE sends the next of them here.

    1. Up to MIN_MAPPED_LEN of memory, nothing is done.
    2. The text is trimmed when an eighth of all that is mapped, and MIN_FREE_LEN at least, has become free since it
       last was. A trim that gives less than half of that back doubles what the next one waits for.
    3. It is trimmed in any case when FORGET_NS have passed, or BACK_OFF times what the last trim took if that is more.
    4. What is mapped again within FORGET_NS of its giving back was given too early. After STRIKES times of that, only
       the third rule holds.

So trims that find little take a small part of a program's time, and others an amount for each slab that they give. A
program that frees all it has is left with little, but that, when it frees in random order and then does nothing more
at all, the slabs stay that were not yet wholly free at the last trim.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.library import MAPPED_LEN, MODE, MODE_LOOK_IDLE, state_word
from refalloc.native.words import (
    add_relaxed,
    and_relaxed,
    load_word,
    or_relaxed,
    replace_word,
    store_release,
    store_word,
    symbol_addr,
)

_i32, _i64, _void = types.int32, types.int64, types.void
INTERNAL = {"refalloc_note_free": _void(_i64), "refalloc_look_idle": _void(), "refalloc_idle_after_fork": _void()}
c_clock_gettime = types.ExternalFunction("clock_gettime", signature(_i32, _i32, _i64))
trim = types.ExternalFunction("refalloc_trim", signature(_i64))

CLOCK_MONOTONIC = 1
MIN_MAPPED_LEN = 8 << 20  # bytes
MIN_FREE_LEN = 4 << 20
MAPPED_SHIFT = 3  # an eighth
NOTES = 16  # from one look to the next; a power of two
MAX_MISSES = 16
BACK_OFF = 50
FORGET_NS = 1_000_000_000
STRIKES = 2

# Words of refalloc_idle
BUSY, NOTE_COUNT, FREE_LEN, MISSES, NEXT_NS, GIVEN_NS, GIVEN_LEN, LEFT_LEN, STRIKE_NS, STRIKE_COUNT, TIMESPEC = range(
    11
)
IDLE_IR = f"@refalloc_idle = global [{TIMESPEC + 2} x i64] zeroinitializer"


def refalloc_note_free(length):
    """So many bytes more, or fewer if it is less than 0, lie free. The caller may be in the midst of the text."""
    free_len = add_relaxed(word_addr(FREE_LEN), length) + length
    if length < 0 or free_len < MIN_FREE_LEN or state_word(MAPPED_LEN) < MIN_MAPPED_LEN:
        return
    if add_relaxed(word_addr(NOTE_COUNT), 1) & (NOTES - 1) == 0:
        or_relaxed(symbol_addr("refalloc_state") + MODE * 8, MODE_LOOK_IDLE)


def refalloc_look_idle():
    """Trim, if it is worth it. Locks: none held by the caller."""
    and_relaxed(symbol_addr("refalloc_state") + MODE * 8, ~MODE_LOOK_IDLE)
    if replace_word(word_addr(BUSY), 0, 1):
        give_back_if_due()
        store_release(word_addr(BUSY), 0)


def refalloc_idle_after_fork():
    """In a child: the thread that was busy is none of its own."""
    store_word(word_addr(BUSY), 0)


def give_back_if_due():
    start_ns, free_len, mapped_len = now_ns(), load_word(word_addr(FREE_LEN)), state_word(MAPPED_LEN)
    count_strikes(start_ns, mapped_len)
    due_len = max(mapped_len >> MAPPED_SHIFT, MIN_FREE_LEN) << load_word(word_addr(MISSES))
    is_struck = load_word(word_addr(STRIKE_COUNT)) >= STRIKES
    if (free_len < due_len or is_struck) and start_ns < load_word(word_addr(NEXT_NS)):
        return
    given_len, end_ns = trim(), now_ns()
    misses = 0 if 2 * given_len >= free_len else min(load_word(word_addr(MISSES)) + 1, MAX_MISSES)
    store_word(word_addr(FREE_LEN), 0)
    store_word(word_addr(MISSES), misses)
    store_word(word_addr(NEXT_NS), end_ns + max(FORGET_NS, BACK_OFF * (end_ns - start_ns)))
    store_word(word_addr(GIVEN_NS), end_ns)
    store_word(word_addr(GIVEN_LEN), given_len)
    store_word(word_addr(LEFT_LEN), mapped_len - given_len)


def count_strikes(start_ns, mapped_len):
    if start_ns - load_word(word_addr(STRIKE_NS)) > 2 * FORGET_NS:
        store_word(word_addr(STRIKE_COUNT), 0)
    given_len = load_word(word_addr(GIVEN_LEN))
    if 2 * (mapped_len - load_word(word_addr(LEFT_LEN))) > given_len > 0:
        store_word(word_addr(GIVEN_LEN), 0)  # counted once
        if start_ns - load_word(word_addr(GIVEN_NS)) < FORGET_NS:
            store_word(word_addr(STRIKE_COUNT), load_word(word_addr(STRIKE_COUNT)) + 1)
            store_word(word_addr(STRIKE_NS), start_ns)


def now_ns():
    c_clock_gettime(CLOCK_MONOTONIC, word_addr(TIMESPEC))
    return load_word(word_addr(TIMESPEC)) * 1_000_000_000 + load_word(word_addr(TIMESPEC) + 8)


def word_addr(word):
    return symbol_addr("refalloc_idle") + word * 8
