"""Give memory back as it is freed, and not too early: for a library, and a text that keeps what lies free for a while.

Nothing runs while a program idles, as a thread or a signal of ours would change what the program is to others (to fork
a program with threads is another thing than one without). So memory has to go back as it becomes free, by slabs and by
larger blocks. The text asks, of each, whether it may wait to be used again:

    1. MIN_KEPT_LEN may wait in all, or an eighth of what is mapped if that is more.
    2. When half of what was given back is mapped again within FORGET_NS, it was given too early. After STRIKES of that,
       as much more may wait, for HOLD_NS.
    3. When that is over, all that waits is given back, with a trim: a bit of MODE sends the next malloc or free here.

A program that frees all it has is left with what the first rule says, and what threads keep in lanes of their own. The
end of the third rule's time shows when a slab or a larger block is freed: who never frees one again keeps what waits.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.library import LANE_COUNT, MAPPED_LEN, MODE, MODE_LOOK_IDLE, state_word
from refalloc.native.machine import LANE_LEN
from refalloc.native.words import (
    add_relaxed,
    and_relaxed,
    load_acquire,
    load_word,
    or_relaxed,
    replace_word,
    stack_addr,
    store_release,
    store_word,
    symbol_addr,
)

_i32, _i64, _void = types.int32, types.int64, types.void
INTERNAL = {
    "refalloc_keeps": _i64(_i64),
    "refalloc_took": _void(_i64),
    "refalloc_note_mapped": _void(_i64),
    "refalloc_look_idle": _void(),
    "refalloc_idle_after_fork": _void(),
}
c_clock_gettime = types.ExternalFunction("clock_gettime", signature(_i32, _i32, _i64))
trim = types.ExternalFunction("refalloc_trim", signature(_i64))

CLOCK_MONOTONIC = 1
MIN_KEPT_LEN = 8 << 20  # bytes
KEPT_SHIFT = 3  # an eighth
MIN_GIVEN_LEN = 4 << 20  # what is less is not worth a strike
FORGET_NS = 1_000_000_000
HOLD_NS = 1_000_000_000
STRIKES = 2
MAX_TRIES = 100  # looks at a lane that is held

# Words of refalloc_idle
KEPT_LEN, GIVEN_LEN, GIVEN_NS, AGAIN_LEN, STRIKE_NS, STRIKE_COUNT, HOLD_LEN, HOLD_UNTIL_NS, BUSY = range(9)
IDLE_IR = "@refalloc_idle = global [9 x i64] zeroinitializer"


def refalloc_keeps(length):
    """May `length` bytes wait? Notes it if so. The caller may be in the midst of the text. Returns int64, 1 or 0."""
    kept_len = add_relaxed(word_addr(KEPT_LEN), length) + length
    if kept_len <= MIN_KEPT_LEN or kept_len <= state_word(MAPPED_LEN) >> KEPT_SHIFT:
        return 1
    time_ns = now_ns()
    hold_until_ns = load_word(word_addr(HOLD_UNTIL_NS))
    is_held = time_ns < hold_until_ns
    if is_held and kept_len <= MIN_KEPT_LEN + load_word(word_addr(HOLD_LEN)):
        return 1
    add_relaxed(word_addr(KEPT_LEN), -length)
    add_relaxed(word_addr(GIVEN_LEN), length)
    store_word(word_addr(GIVEN_NS), time_ns)
    if hold_until_ns != 0 and not is_held and replace_word(word_addr(HOLD_UNTIL_NS), hold_until_ns, 0):
        or_relaxed(symbol_addr("refalloc_state") + MODE * 8, MODE_LOOK_IDLE)
    return 0


def refalloc_took(length):
    """So many bytes that waited do so no more."""
    add_relaxed(word_addr(KEPT_LEN), -length)


def refalloc_note_mapped(length):
    """Pages are mapped: was it wise to give some back? Threads that come here at once may miscount a strike."""
    given_len = load_word(word_addr(GIVEN_LEN))
    if given_len < MIN_GIVEN_LEN:
        return
    again_len = add_relaxed(word_addr(AGAIN_LEN), length) + length
    if 2 * again_len < given_len:
        return
    store_word(word_addr(GIVEN_LEN), 0)
    store_word(word_addr(AGAIN_LEN), 0)
    time_ns = now_ns()
    if time_ns - load_word(word_addr(GIVEN_NS)) < FORGET_NS:
        count_strike(time_ns, given_len)


def count_strike(time_ns, given_len):
    is_late = time_ns - load_word(word_addr(STRIKE_NS)) > 2 * FORGET_NS
    strike_count = 1 if is_late else load_word(word_addr(STRIKE_COUNT)) + 1
    store_word(word_addr(STRIKE_COUNT), strike_count)
    store_word(word_addr(STRIKE_NS), time_ns)
    # None is prolonged: what is kept full, and gives back and maps one block again and again, would never end it.
    if strike_count >= STRIKES and load_word(word_addr(HOLD_UNTIL_NS)) == 0:
        store_word(word_addr(HOLD_LEN), given_len)
        store_word(word_addr(HOLD_UNTIL_NS), time_ns + HOLD_NS)


def refalloc_look_idle():
    """Give back what waits.

    Locks: those of others, and in a signal's handler those of the call that it interrupts: then it is left to a later
    call, as a trim would wait for them for ever.
    """
    if not lanes_are_free():
        return
    and_relaxed(symbol_addr("refalloc_state") + MODE * 8, ~MODE_LOOK_IDLE)
    if replace_word(word_addr(BUSY), 0, 1):
        add_relaxed(word_addr(GIVEN_LEN), trim())
        store_release(word_addr(BUSY), 0)


def lanes_are_free():
    """Whether each lane was free once just now, or soon: so none is held by this thread."""
    lane = symbol_addr("refalloc_lanes")
    for _ in range(state_word(LANE_COUNT)):
        tries = 0
        while load_acquire(lane) != 0:
            tries += 1
            if tries == MAX_TRIES:
                return False
        lane += LANE_LEN
    return True


def refalloc_idle_after_fork():
    """In a child: the thread that was busy is none of its own."""
    store_word(word_addr(BUSY), 0)


def now_ns():
    timespec = stack_addr(16)
    c_clock_gettime(CLOCK_MONOTONIC, timespec)
    return load_word(timespec) * 1_000_000_000 + load_word(timespec + 8)


def word_addr(word):
    return symbol_addr("refalloc_idle") + word * 8
