"""A program, compiled from Python, that wears out whatever malloc it is run on, and verifies every block.

    soak SECONDS THREADS STEPS SEED

In rounds, until the time is over: new threads allocate, verify, reallocate and free blocks of 16 bytes to 3 MiB, each
mostly those of the others; meanwhile the first thread forks, and the children do the same on their own. After each
round all blocks are verified and freed, and the resident memory is read.

It prints the rounds, the steps, the forks, and the resident memory in bytes, each time with no block live: the most of
the first quarter of the time, by when an allocator has what it keeps for later; at the end; and the most of all. Or it
says what went wrong, and exits with 1. A child that hangs is ended by its alarm.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.compiler import cache_folder, compiled
from refalloc.native.linking import EXECUTABLE, compile_c_function, declare_symbol, link, link_ir, require_only
from refalloc.native.messages import LINE_ROOM, put_number, put_string, write_line
from refalloc.native.pages import map_pages
from refalloc.native.trial import fill, next_random, overwritten
from refalloc.native.words import (
    exchange,
    load_byte,
    load_int32,
    load_word,
    store_byte,
    store_word,
    string_addr,
    symbol_addr,
)
from refalloc.native.workloads import (
    c_clock,
    c_create,
    c_free,
    c_join,
    c_malloc,
    c_open,
    c_realloc,
    number_at,
)

_i32, _i64 = types.int32, types.int64
c_fork = types.ExternalFunction("fork", signature(_i32))
c_waitpid = types.ExternalFunction("waitpid", signature(_i32, _i32, _i64, _i32))
c_exit = types.ExternalFunction("_exit", signature(types.void, _i32))
c_alarm = types.ExternalFunction("alarm", signature(_i32, _i32))
c_read = types.ExternalFunction("read", signature(_i64, _i32, _i64, _i64))
c_close = types.ExternalFunction("close", signature(_i32, _i32))
LIBC = {
    *{"malloc", "free", "realloc", "pthread_create", "pthread_join", "clock_gettime", "fork", "waitpid", "_exit"},
    *{"alarm", "open", "read", "close", "mmap", "munmap", "write"},
}
WALL_CLOCK = 1  # CLOCK_MONOTONIC
PAGE_LEN = 4096
SLOTS = 512  # of the table of blocks that threads trade
FORKS = 4  # a round
CHILD_STEPS, CHILD_SECONDS = 300, 60
EARLY_ROUNDS, LEAST_ROUNDS = 5, 20
MAX_THREADS = 256
NO_MEMORY, OVERWRITTEN, MOVED_WRONG = 1, 2, 3  # what a thread returns

# Words of soak_state: arguments first
SECONDS, THREADS, STEPS, SEED, TABLE, SCRATCH = range(6)
STATE_IR = f"""
@soak_state = global [{SCRATCH + 4} x i64] zeroinitializer
@soak_threads = global [{MAX_THREADS} x i64] zeroinitializer
@soak_line = global [{LINE_ROOM} x i8] zeroinitializer
"""


@compiled
def state_word(word):
    return load_word(symbol_addr("soak_state") + word * 8)


@compiled
def random_length(state):
    length = 16 << ((state >> 40) % 9)
    length += (state >> 50) % length
    if (state >> 33) % 512 == 0:
        length += 50_000
    if (state >> 33) % 8192 == 1:
        length += (state >> 20) % (3 << 20)
    return length


@compiled
def require_whole(addr):
    """0, or what is wrong with a block."""
    length = load_word(addr)
    return OVERWRITTEN if length < 16 or overwritten(addr + 8, length - 8, addr) >= 0 else 0


@compiled
def trade(table, steps, seed):
    """Put new blocks into the table, and verify and free what they replace. Returns int64, 0 or what is wrong."""
    state = seed
    for _ in range(steps):
        state = next_random(state)
        length = random_length(state)
        addr = c_malloc(length)
        if addr == 0:
            return NO_MEMORY
        store_word(addr, length)
        fill(addr + 8, length - 8, addr)
        old = exchange(table + (state >> 20) % SLOTS * 8, addr)
        if old != 0:
            wrong = require_whole(old)
            if wrong != 0:
                return wrong
            if (state >> 45) % 4 == 0:
                old_length = load_word(old)
                old = c_realloc(old, random_length(next_random(state)))
                if old == 0 or load_word(old) != old_length:
                    return MOVED_WRONG
            c_free(old)
    return 0


@compiled
def empty(table):
    """Verify and free all blocks of a table. Returns int64, 0 or what is wrong."""
    for slot in range(table, table + SLOTS * 8, 8):
        addr = exchange(slot, 0)
        if addr != 0:
            wrong = require_whole(addr)
            if wrong != 0:
                return wrong
            c_free(addr)
    return 0


def soak_worker(seed):
    return trade(state_word(TABLE), state_word(STEPS), seed)


@compiled
def fork_and_wait(seed):
    """Returns int64, the status of a child that trades blocks on its own."""
    status = symbol_addr("soak_state") + SCRATCH * 8
    process = c_fork()
    if process == 0:
        c_alarm(CHILD_SECONDS)
        table = map_pages(SLOTS * 8, 0)
        wrong = trade(table, CHILD_STEPS, seed)
        c_exit(wrong if wrong != 0 else empty(table))
    if process < 0 or c_waitpid(process, status, 0) != process:
        return -1
    return load_int32(status)


@compiled
def now_ns():
    timespec = symbol_addr("soak_state") + SCRATCH * 8
    c_clock(WALL_CLOCK, timespec)
    return load_word(timespec) * 1_000_000_000 + load_word(timespec + 8)


@compiled
def resident_len():
    """Bytes; the second number of /proc/self/statm, which is pages."""
    line = symbol_addr("soak_line")
    file = c_open(string_addr("/proc/self/statm"), 0)
    end = line + c_read(file, line, LINE_ROOM - 1)
    c_close(file)
    store_byte(end, 0)
    while load_byte(line) != 32:
        line += 1
    pages, line = 0, line + 1
    while load_byte(line) != 32:
        pages = pages * 10 + load_byte(line) - 48
        line += 1
    return pages * PAGE_LEN


@compiled
def fail(sentence, number):
    """Say what is wrong. Returns 1."""
    start = symbol_addr("soak_line")
    write_line(2, start, put_number(put_string(start, sentence), max(number, 0), 10))
    return 1


@compiled
def one_round(number):
    """Returns int64, 0 or what is wrong."""
    threads, count = symbol_addr("soak_threads"), state_word(THREADS)
    seed = state_word(SEED) + number * (MAX_THREADS + FORKS)
    for thread in range(count):
        if c_create(threads + thread * 8, 0, symbol_addr("soak_worker"), seed + thread) != 0:
            return fail(string_addr("a thread could not be started in round "), number)
    for child in range(FORKS):
        status = fork_and_wait(seed + MAX_THREADS + child)
        if status != 0:
            return fail(string_addr("a forked child ended with status "), status)
    outcome = symbol_addr("soak_state") + SCRATCH * 8
    for thread in range(count):
        c_join(load_word(threads + thread * 8), outcome)
        if load_word(outcome) != 0:
            meaning = string_addr("1: no memory, 2: a block was overwritten, 3: realloc lost bytes; a thread says ")
            return fail(meaning, load_word(outcome))
    wrong = empty(state_word(TABLE))
    if wrong != 0:
        return fail(string_addr("a block that was left is not whole, in round "), number)
    return 0


def main(argc, argv):
    for word in range(SEED + 1):
        store_word(symbol_addr("soak_state") + word * 8, number_at(load_word(argv + 8 + word * 8)))
    store_word(symbol_addr("soak_state") + TABLE * 8, map_pages(SLOTS * 8, 0))
    start_ns, length_ns = now_ns(), state_word(SECONDS) * 1_000_000_000
    early_ns, end_ns = start_ns + length_ns // 4, start_ns + length_ns
    rounds, early, most, resident = 0, 0, 0, 0
    while rounds < LEAST_ROUNDS or now_ns() < end_ns:
        if one_round(rounds) != 0:
            return 1
        rounds += 1
        resident = resident_len()
        most = max(most, resident)
        if rounds <= EARLY_ROUNDS or now_ns() < early_ns:
            early = max(early, resident)
    start = symbol_addr("soak_line")
    end = start
    for number in (rounds, rounds * state_word(THREADS) * state_word(STEPS), rounds * FORKS, early, resident, most):
        end = put_string(put_number(end, number, 10), string_addr(" "))
    write_line(1, start, end)
    return 0


def build_soak():
    """The program, built unless it is there from before. Returns Path. Raises ExportError, OSError."""
    path = cache_folder("the soak") / "soak"
    if not path.is_file():
        for symbol in ("soak_state", "soak_threads", "soak_line", "soak_worker"):
            declare_symbol(symbol)
        signatures = {soak_worker: _i64(_i64), main: _i32(_i32, _i64)}
        functions = [
            (function.__name__, *compile_c_function(function, called)) for function, called in signatures.items()
        ]
        module = link_ir(STATE_IR, functions, is_public=lambda symbol: symbol == "main")
        require_only(module, LIBC)
        link(module, path, [*EXECUTABLE, "-pthread"])
    return path
