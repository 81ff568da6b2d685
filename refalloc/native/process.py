"""The life of a process on an exported library: its start, its forks, and its threads' own lanes; to be compiled.

The constructor of the library runs refalloc_start before main. Before that there is one lane, and one thread.
Around a fork, all lanes are held: so no other thread is inside one while the child's copy of memory is made.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.idle import INTERNAL as IDLE
from refalloc.native.library import (
    FORKS,
    LANE_CAPACITY,
    LANE_COUNT,
    MODE,
    MODE_CHECK,
    MODE_COUNT_CALLS,
    NUMBERS_PATH,
    OWN_CAPACITY,
    OWN_KEY,
    STATS_FILE,
    add_to_state,
    request,
    set_own,
    state_word,
)
from refalloc.native.machine import FIELDS_OFFSET, LANE_LEN, OWNER_OFFSET, take_over
from refalloc.native.messages import STDERR
from refalloc.native.signals import SIGNAL_SET_LEN, block_signals, restore_signals
from refalloc.native.words import (
    copy_bytes,
    exchange_acquire,
    fill_bytes,
    load_byte,
    load_int32,
    load_word,
    stack_addr,
    store_release,
    store_word,
    string_addr,
    symbol_addr,
)

_i32, _i64, _void = types.int32, types.int64, types.void
INTERNAL = {
    "refalloc_adopt": _i64(),
    "refalloc_thread_end": _void(_i64),
    "refalloc_start": _void(_i64, _i64, _i64),
    "refalloc_fork_prepare": _void(),
    "refalloc_fork_parent": _void(),
    "refalloc_fork_child": _void(),
}

MIN_LANES = 2  # one for a signal's handler that allocates while its thread has the other
CPU_SET_LEN = LANE_CAPACITY // 8  # bytes, a bit for each CPU
OWNED, OWNED_BY_ENDING = 1, 2  # what the word of an own lane says that tells whose it is
PROCESS_IR = f"@refalloc_fork_mask = global [{SIGNAL_SET_LEN} x i8] zeroinitializer"
F_DUPFD_CLOEXEC, FIRST_STATS_FILE = 1030, 100  # well above the descriptors that programs count on

c_self = types.ExternalFunction("pthread_self", signature(_i64))
c_getaffinity = types.ExternalFunction("pthread_getaffinity_np", signature(_i32, _i64, _i64, _i64))
c_atfork = types.ExternalFunction("pthread_atfork", signature(_i32, _i64, _i64, _i64))
c_key_create = types.ExternalFunction("pthread_key_create", signature(_i32, _i64, _i64))
c_setspecific = types.ExternalFunction("pthread_setspecific", signature(_i32, _i32, _i64))
c_sched_yield = types.ExternalFunction("sched_yield", signature(_i32))
c_fcntl = types.ExternalFunction("fcntl", signature(_i32, _i32, _i32, _i32))
own_addr = types.ExternalFunction("refalloc_own_addr", signature(_i64))
idle_after_fork = types.ExternalFunction("refalloc_idle_after_fork", IDLE["refalloc_idle_after_fork"])


# A thread's own lane, from its first call of a text that has such lanes to its end


def refalloc_adopt():
    own = own_addr()
    if own != symbol_addr("refalloc_no_lane"):
        return own
    own = take_over(symbol_addr("refalloc_own_lanes"), OWN_CAPACITY, OWNED)
    if own == 0:
        own = symbol_addr("refalloc_ended")
    set_own(own)  # before the next call, which may call malloc
    key = state_word(OWN_KEY) - 1
    if key >= 0 and c_setspecific(key, own) != 0:
        refalloc_thread_end(own)  # or nobody would know when the thread ends
    return own_addr()


def text_retire(heap):
    """For a text that has no retire."""


def text_spread(heap):
    """For a text that does not mind how many lanes there are."""


def refalloc_thread_end(own):
    """The destructor of the key: the thread ends, and later destructors work without an own lane.

    Ours is the first, as its key is the oldest: so it asks to come again, when the others have come once.
    """
    if own == symbol_addr("refalloc_ended"):
        return
    if load_word(own + OWNER_OFFSET) == OWNED:
        store_word(own + OWNER_OFFSET, OWNED_BY_ENDING)
        if c_setspecific(state_word(OWN_KEY) - 1, own) == 0:
            return
    text_retire(request(0, 0))
    set_own(symbol_addr("refalloc_ended"))
    store_release(own + OWNER_OFFSET, 0)


# From start to end of the process


def refalloc_start(argc, argv, envp):
    lanes = max(cpu_count(), MIN_LANES)
    while envp != 0 and load_word(envp) != 0:
        setting = load_word(envp)
        value = after_prefix(setting, string_addr("REFALLOC_LANES="))
        if value != 0:
            lanes = number_at(value)
        value = after_prefix(setting, string_addr("REFALLOC_STATS="))
        if value != 0 and load_byte(value) != 0:
            switch_on(MODE_COUNT_CALLS)
            # Some programs, GNU's ls among them, close stderr before a library's end is called.
            file = c_fcntl(STDERR, F_DUPFD_CLOEXEC, FIRST_STATS_FILE)
            store_word(symbol_addr("refalloc_state") + STATS_FILE * 8, max(file, STDERR))
        value = after_prefix(setting, string_addr("REFALLOC_NUMBERS="))
        if value != 0 and load_byte(value) != 0:
            switch_on(MODE_COUNT_CALLS)
            store_word(symbol_addr("refalloc_state") + NUMBERS_PATH * 8, value)
        value = after_prefix(setting, string_addr("REFALLOC_CHECK="))
        if value != 0 and load_byte(value) == 49:  # 1
            switch_on(MODE_CHECK)
            # Slots from before are not used again.
            fill_bytes(symbol_addr("refalloc_lanes"), 0, LANE_LEN)
            if own_addr() != symbol_addr("refalloc_no_lane"):
                fill_bytes(own_addr() + FIELDS_OFFSET, 0, LANE_LEN - FIELDS_OFFSET)
        envp += 8
    store_word(symbol_addr("refalloc_state") + LANE_COUNT * 8, min(max(lanes, 1), LANE_CAPACITY))
    text_spread(request(0, 0))
    # Into the word that is the key, plus one: 0 means that there is none, and no thread but this one is told to end.
    if c_key_create(symbol_addr("refalloc_line"), symbol_addr("refalloc_thread_end")) == 0:
        store_word(symbol_addr("refalloc_state") + OWN_KEY * 8, load_int32(symbol_addr("refalloc_line")) + 1)
    c_atfork(
        symbol_addr("refalloc_fork_prepare"), symbol_addr("refalloc_fork_parent"), symbol_addr("refalloc_fork_child")
    )


def cpu_count():
    """CPUs that this process may use.

    sysconf, which tells how many there are, would cost every program 200 KiB of libc's pages.
    """
    cpus, count = stack_addr(CPU_SET_LEN), 0
    fill_bytes(cpus, 0, CPU_SET_LEN)
    if c_getaffinity(c_self(), CPU_SET_LEN, cpus) != 0:
        return 1
    for addr in range(cpus, cpus + CPU_SET_LEN, 8):
        word = load_word(addr)
        while word != 0:
            word &= word - 1
            count += 1
    return count


def switch_on(bit):
    store_word(symbol_addr("refalloc_state") + MODE * 8, state_word(MODE) | bit)


def after_prefix(string, prefix):
    """Where a string goes on after a prefix; 0 when it does not start with it."""
    byte = load_byte(prefix)
    while byte != 0:
        if load_byte(string) != byte:
            return 0
        string += 1
        prefix += 1
        byte = load_byte(prefix)
    return string


def number_at(string):
    number = 0
    digit = load_byte(string) - 48
    while 0 <= digit <= 9 and number < 1_000_000:
        number = number * 10 + digit
        string += 1
        digit = load_byte(string) - 48
    return number


def refalloc_fork_prepare():
    """Take every lane, so that no other thread is inside one while the child's copy of memory is made.

    Until they are given back, no signal comes: its handler may want a lane, and would wait for its own thread.
    """
    kept_mask = stack_addr(SIGNAL_SET_LEN)
    block_signals(kept_mask)
    lane = symbol_addr("refalloc_lanes")
    for _ in range(state_word(LANE_COUNT)):
        while exchange_acquire(lane, 1) != 0:
            c_sched_yield()
        lane += LANE_LEN
    copy_bytes(symbol_addr("refalloc_fork_mask"), kept_mask, SIGNAL_SET_LEN)  # one thread at a time comes here
    add_to_state(FORKS, 1)


def refalloc_fork_parent():
    kept_mask = stack_addr(SIGNAL_SET_LEN)
    copy_bytes(kept_mask, symbol_addr("refalloc_fork_mask"), SIGNAL_SET_LEN)
    lane = symbol_addr("refalloc_lanes")
    for _ in range(state_word(LANE_COUNT)):
        store_release(lane, 0)
        lane += LANE_LEN
    restore_signals(kept_mask)


def refalloc_fork_child():
    refalloc_fork_parent()
    idle_after_fork()
