"""The bench's workloads: a program, compiled from Python, that calls whatever malloc it is run on.

    driver WORKLOAD SIZE LIVE STEPS THREADS [TRACE]

It prints the CPU time in ns, the wall time in ns, the steps done by all threads, and the peak resident memory in KiB.
Its own tables are mapped directly, so all heap calls are the workload's.

A trace file is rows of four int64: op, block, size, align_log2.
"""

import mmap

import numpy as np
from numba.core import types
from numba.core.typing import signature

from refalloc.native.compiler import cache_folder, compiled
from refalloc.native.linking import (
    EXECUTABLE,
    compile_c_function,
    declare_symbol,
    link,
    link_ir,
    require_only,
)
from refalloc.native.messages import LINE_ROOM, put_number, put_string, write_line
from refalloc.native.pages import c_mmap, map_pages
from refalloc.native.trial import next_random
from refalloc.native.words import (
    load_acquire,
    load_byte,
    load_word,
    store_byte,
    store_release,
    store_word,
    string_addr,
    symbol_addr,
)

_i32, _i64 = types.int32, types.int64
c_malloc = types.ExternalFunction("malloc", signature(_i64, _i64))
c_free = types.ExternalFunction("free", signature(types.void, _i64))
c_realloc = types.ExternalFunction("realloc", signature(_i64, _i64, _i64))
c_aligned_alloc = types.ExternalFunction("aligned_alloc", signature(_i64, _i64, _i64))
c_create = types.ExternalFunction("pthread_create", signature(_i32, _i64, _i64, _i64, _i64))
c_join = types.ExternalFunction("pthread_join", signature(_i32, _i64, _i64))
c_clock = types.ExternalFunction("clock_gettime", signature(_i32, _i32, _i64))
c_getrusage = types.ExternalFunction("getrusage", signature(_i32, _i32, _i64))
worker = types.ExternalFunction("bench_worker", signature(_i64, _i64))
c_sched_yield = types.ExternalFunction("sched_yield", signature(_i32))
c_open = types.ExternalFunction("open", signature(_i32, _i64, _i32))
c_lseek = types.ExternalFunction("lseek", signature(_i64, _i32, _i64, _i32))

LIBC = {
    *{"malloc", "free", "realloc", "aligned_alloc", "pthread_create", "pthread_join", "clock_gettime", "getrusage"},
    *{"sched_yield", "open", "lseek", "mmap", "munmap", "write", "memset", "memcpy"},
}
WALL_CLOCK, CPU_CLOCK = 1, 2  # CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID
MAXRSS_OFFSET = 32  # of ru_maxrss in struct rusage
SEEK_END = 2
READ, PRIVATE = mmap.PROT_READ, mmap.MAP_PRIVATE
MAX_THREADS = 256
CHURN_TOGETHER = 4  # threads at a time
CHURN_BLOCKS = 100  # that each of them allocates
RING = 1024  # blocks on their way from producer to consumer
PHASE_LEN = 32 << 20  # bytes of small blocks in each phase

WORKLOADS = ("hot", "batch", "random", "handover", "churn", "phases", "drift", "growth", "trace")
HOT, BATCH, RANDOM, HANDOVER, CHURN, PHASES, DRIFT, GROWTH, TRACE = range(len(WORKLOADS))

# Words of the plan, which all threads read
WORKLOAD, SIZE, LIVE, STEPS, THREADS, RING_ADDR, EVENTS_ADDR, EVENT_COUNT = range(8)
PLAN_IR = f"""
@bench_plan = global [8 x i64] zeroinitializer
@bench_threads = global [{MAX_THREADS} x i64] zeroinitializer
@bench_line = global [{LINE_ROOM} x i8] zeroinitializer
"""


@compiled
def plan(word):
    return load_word(symbol_addr("bench_plan") + word * 8)


@compiled
def take(length):
    """A block, of which the first byte and the last are written."""
    addr = c_malloc(length)
    store_byte(addr, length)
    store_byte(addr + length - 1, length)
    return addr


@compiled
def hot(length, steps):
    for _ in range(steps):
        c_free(take(length))


@compiled
def batch(length, count, steps):
    """`count` blocks, freed in the order they came, until `steps` blocks are done."""
    table = map_pages(count * 8, 0)
    for _ in range(steps // count):
        for index in range(count):
            store_word(table + index * 8, take(length))
        for index in range(count):
            c_free(load_word(table + index * 8))


@compiled
def replace_at_random(longest, live, steps, seed):
    """Lengths of 8 to `longest`; a block chosen at random gives way to a new one."""
    table = map_pages(live * 8, 0)
    state = seed
    for _ in range(steps):
        state = next_random(state)
        slot = table + (state >> 16) % live * 8
        old = load_word(slot)
        if old != 0:
            c_free(old)
        store_word(slot, take(8 + (state >> 40) % (longest - 7)))


@compiled
def hand_over(number, length, steps):
    """Even threads allocate and put into a ring, the odd one behind takes out and frees."""
    ring = plan(RING_ADDR) + number // 2 * RING * 8
    for step in range(steps):
        slot = ring + step % RING * 8
        if number % 2 == 0:
            addr = take(length)
            while load_acquire(slot) != 0:
                c_sched_yield()
            store_release(slot, addr)
        else:
            addr = load_acquire(slot)
            while addr == 0:
                c_sched_yield()
                addr = load_acquire(slot)
            store_release(slot, 0)
            c_free(addr)


@compiled
def churn_once():
    """What a short thread does: some blocks, all freed."""
    chain = 0
    for index in range(CHURN_BLOCKS):
        addr = take(16 + index % 16 * 16)
        store_word(addr, chain)
        chain = addr
    while chain != 0:
        following = load_word(chain)
        c_free(chain)
        chain = following


@compiled
def phases(steps):
    """Blocks of 64 bytes only, all freed; then of 192 bytes only, all freed."""
    table = map_pages(PHASE_LEN // 64 * 8, 0)
    for _ in range(steps):
        for length in (64, 192):
            count = PHASE_LEN // length
            for index in range(count):
                store_word(table + index * 8, take(length))
            for index in range(count):
                c_free(load_word(table + index * 8))


@compiled
def drift(live, steps):
    """As replace_at_random, but lengths move from about 16 bytes to about 4096 in the course of the run."""
    table = map_pages(live * 8, 0)
    state = 1
    for step in range(steps):
        state = next_random(state)
        slot = table + (state >> 16) % live * 8
        old = load_word(slot)
        if old != 0:
            c_free(old)
        middle = 16 + 4080 * step // steps
        store_word(slot, take(middle + (state >> 40) % middle))


@compiled
def growth(longest, steps):
    """A block grows 64 bytes at a time up to `longest`, again and again."""
    addr, length = 0, 0
    for _ in range(steps):
        length += 64
        if length > longest:
            c_free(addr)
            addr, length = 0, 64
        addr = c_realloc(addr, length)
        store_byte(addr + length - 1, 1)


@compiled
def replay(steps):
    """A recorded trace, `steps` times."""
    events, count = plan(EVENTS_ADDR), plan(EVENT_COUNT)
    table = map_pages(plan(LIVE) * 8, 0)
    for _ in range(steps):
        for event in range(count):
            row = events + event * 32
            slot = table + load_word(row + 8) * 8
            if load_word(row) != 0:
                c_free(load_word(slot))
                store_word(slot, 0)
                continue
            length, align_log2 = load_word(row + 16), load_word(row + 24)
            addr = c_malloc(length) if align_log2 <= 4 else c_aligned_alloc(1 << align_log2, length)
            store_byte(addr, 1)
            store_byte(addr + length - 1, 1)
            store_word(slot, addr)
        for block in range(plan(LIVE)):
            c_free(load_word(table + block * 8))
            store_word(table + block * 8, 0)


def bench_worker(number):
    """One thread."""
    workload, size, live, steps = plan(WORKLOAD), plan(SIZE), plan(LIVE), plan(STEPS)
    if workload == HOT:
        hot(size, steps)
    elif workload == BATCH:
        batch(size, live, steps)
    elif workload == RANDOM:
        replace_at_random(size, live, steps, number + 1)
    elif workload == HANDOVER:
        hand_over(number, size, steps)
    elif workload == CHURN:
        churn_once()
    elif workload == PHASES:
        phases(steps)
    elif workload == DRIFT:
        drift(live, steps)
    elif workload == GROWTH:
        growth(size, steps)
    else:
        replay(steps)
    return 0


def main(argc, argv):
    for word in range(THREADS + 1):
        store_word(symbol_addr("bench_plan") + word * 8, number_at(load_word(argv + 8 + word * 8)))
    store_word(symbol_addr("bench_plan") + RING_ADDR * 8, map_pages(8 * RING * plan(THREADS), 0))
    if argc > THREADS + 2:
        map_trace(load_word(argv + 8 * (THREADS + 2)))
    cpu, wall = now(CPU_CLOCK), now(WALL_CLOCK)
    if plan(WORKLOAD) == CHURN:
        for _ in range(plan(STEPS) // CHURN_TOGETHER):
            run_threads(CHURN_TOGETHER)
    elif plan(THREADS) == 1:
        worker(0)
    else:
        run_threads(plan(THREADS))
    cpu, wall = now(CPU_CLOCK) - cpu, now(WALL_CLOCK) - wall
    start = symbol_addr("bench_line")
    c_getrusage(0, start)
    peak = load_word(start + MAXRSS_OFFSET)
    end = start
    for number in (cpu, wall, plan(STEPS) * plan(THREADS), peak):
        end = put_string(put_number(end, number, 10), string_addr(" "))
    write_line(1, start, end)
    return 0


@compiled
def run_threads(count):
    threads = symbol_addr("bench_threads")
    for number in range(count):
        c_create(threads + number * 8, 0, symbol_addr("bench_worker"), number)
    for number in range(count):
        c_join(load_word(threads + number * 8), 0)


@compiled
def now(clock):
    timespec = symbol_addr("bench_line")
    c_clock(clock, timespec)
    return load_word(timespec) * 1_000_000_000 + load_word(timespec + 8)


@compiled
def number_at(string):
    number = 0
    while load_byte(string) != 0:
        number = number * 10 + load_byte(string) - 48
        string += 1
    return number


@compiled
def map_trace(path):
    file = c_open(path, 0)
    length = c_lseek(file, 0, SEEK_END)
    addr = c_mmap(0, length, READ, PRIVATE, file, 0)
    store_word(symbol_addr("bench_plan") + EVENTS_ADDR * 8, addr)
    store_word(symbol_addr("bench_plan") + EVENT_COUNT * 8, length // 32)


def build_driver():
    """The program, built unless it is there from before. Returns Path. Raises ExportError, OSError."""
    path = cache_folder("the driver of the bench") / "driver"
    if not path.is_file():
        for symbol in ("bench_plan", "bench_line", "bench_threads", "bench_worker"):
            declare_symbol(symbol)
        signatures = {bench_worker: _i64(_i64), main: _i32(_i32, _i64)}
        functions = [
            (function.__name__, *compile_c_function(function, called)) for function, called in signatures.items()
        ]
        module = link_ir(PLAN_IR, functions, is_public=lambda symbol: symbol == "main")
        require_only(module, LIBC)
        link(module, path, [*EXECUTABLE, "-pthread"])
    return path


def write_trace(trace, path):
    """Write a refalloc.trace.packed.Trace as the driver reads it. Returns int, the number of blocks."""
    rows = np.stack([trace.op, trace.block, trace.size, trace.align_log2], axis=1).astype(np.int64)
    rows.tofile(path)
    return int(trace.block.max(initial=0)) + 1
