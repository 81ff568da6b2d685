"""Threads, forks and signals on the library. The load is compiled Python that calls malloc and free without the GIL."""

import re

import pytest
from libraries import run, run_python

from refalloc.native.running import COLUMNS
from refalloc.native.workloads import WORKLOADS, build_driver

LOAD = """
import ctypes, os, signal, sys, threading
import numpy as np
from numba import njit
from numba.core import types
from numba.core.typing import signature
from refalloc.native.trial import fill, next_random, overwritten
from refalloc.native.words import exchange_acquire, load_word, store_word
i64 = types.int64
malloc = types.ExternalFunction("malloc", signature(i64, i64))
free = types.ExternalFunction("free", signature(types.void, i64))
realloc = types.ExternalFunction("realloc", signature(i64, i64, i64))

@njit(nogil=True)
def trade(table, slots, steps, seed):
    state = seed
    for _ in range(steps):
        state = next_random(state)
        length = 16 << ((state >> 40) % 9)
        length += (state >> 50) % length
        if (state >> 33) % 512 == 0:
            length += 50_000
        addr = malloc(length)
        if addr == 0:
            return 1
        store_word(addr, length)
        fill(addr + 8, length - 8, addr)
        old = exchange_acquire(table + (state >> 20) % slots * 8, addr)
        if old != 0:
            n = load_word(old)
            if n < 16 or overwritten(old + 8, n - 8, old) >= 0:
                return 2
            if n % 3 == 0:
                old = realloc(old, n + n // 2)
                if load_word(old) != n:
                    return 3
            free(old)
    return 0

def run(threads, steps, slots=256):
    table = np.zeros(slots, np.int64)
    trade(table.ctypes.data, slots, 1, 1)
    outcomes = []
    work = lambda seed: outcomes.append(trade(table.ctypes.data, slots, steps, seed))
    started = [threading.Thread(target=work, args=(n + 2,)) for n in range(threads)]
    for t in started: t.start()
    return started, outcomes

def finish(started, outcomes):
    for t in started: t.join()
    assert outcomes == [0] * len(started), outcomes
"""


def _run(script, name, *args, **settings):
    done = run_python(LOAD + script, name, *args, timeout=240, **settings)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("name", ["reference", "improved"])
@pytest.mark.parametrize("threads", [1, 4, 64])
def test_threads_that_free_each_others_blocks_lose_nothing(name, threads):
    _run("finish(*run(int(sys.argv[1]), 400_000 // int(sys.argv[1])))", name, threads)


@pytest.mark.parametrize("name", ["reference", "improved"])
@pytest.mark.parametrize("lanes", [1, 2, 7, 4000])
def test_any_number_of_lanes_serves_200_threads(name, lanes):
    _run("finish(*run(200, 1000))", name, REFALLOC_LANES=str(lanes))


@pytest.mark.parametrize(("name", "forks"), [("reference", 1000), ("improved", 1000), ("learner", 50)])
def test_no_child_hangs_of_a_program_with_4_allocating_threads_that_forks(name, forks):
    children = """
started, outcomes = run(4, 1 << 60)
fork, waitpid, _exit = (getattr(ctypes.PyDLL(None), name) for name in ("fork", "waitpid", "_exit"))
table = np.zeros(64, np.int64)
trade(table.ctypes.data, 64, 1000, 1)
status = ctypes.c_int()
for number in range(int(sys.argv[1])):
    pid = fork()
    if pid == 0:
        signal.alarm(60)  # a child that hangs is ended, and seen
        _exit(int(trade(table.ctypes.data, 64, 200, 9)))
    assert waitpid(pid, ctypes.byref(status), 0) == pid
    assert status.value == 0, (number, status.value)
print("all ended")
os._exit(0)
"""
    assert _run(children, name, forks) == "all ended\n"


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_new_threads_start_and_end_by_the_thousand(name):
    churn = """
table = np.zeros(64, np.int64)
trade(table.ctypes.data, 64, 1, 1)
for number in range(500):
    finish(*run(4, 50, 64))
"""
    _run(churn, name)


def test_signals_between_any_two_instructions_do_no_harm():
    signals = """
table = np.zeros(64, np.int64)
handled = []
signal.signal(signal.SIGALRM, lambda *_: handled.append(bytearray(1000)))
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
started, outcomes = run(2, 200_000)
while len(handled) < 200:
    sum(len(bytes(n)) for n in range(2000))
signal.setitimer(signal.ITIMER_REAL, 0)
finish(started, outcomes)
"""
    _run(signals, "reference")


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_a_signal_s_handler_may_allocate_in_the_middle_of_an_allocation(name):
    handler = """
from numba import cfunc
libc = ctypes.CDLL(None)
calls = np.zeros(2, np.int64)
calls_addr = calls.ctypes.data

@cfunc(types.void(types.int32))
def handle(number):
    addr = malloc(48)
    store_word(addr, 7)
    store_word(calls_addr, load_word(calls_addr) + load_word(addr))
    free(addr)

libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
libc.signal(signal.SIGALRM, handle.address)
table = np.zeros(64, np.int64)
trade(table.ctypes.data, 64, 1, 1)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
for seed in range(200):
    assert trade(table.ctypes.data, 64, 20_000, seed) == 0
    if calls[0] > 7 * 300:
        break
signal.setitimer(signal.ITIMER_REAL, 0)
assert calls[0] > 7 * 20 and calls[0] % 7 == 0, calls
"""
    _run(handler, name, REFALLOC_LANES="2")


def test_memory_that_the_system_refuses_is_a_memory_error():
    full = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
kept = []
try:
    while True: kept.append(bytearray(1 << 20))
except MemoryError:
    count = len(kept)
    kept.clear()
small = [bytes(100) for _ in range(10_000)]
assert count > 50
print("refused, and went on")
"""
    assert _run(full, "reference") == "refused, and went on\n"


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_a_program_needs_few_addresses(name):
    """As where the kernel grants no more than it has (vm.overcommit_memory=2), which a test must not set for all."""
    limited = ["sh", "-c", 'ulimit -v 40000; "$@"', "sh", "ls", "-l", "/usr"]
    done, plain = run(limited, name), run(limited)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == plain.stdout


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_a_program_runs_where_all_it_may_write_to_is_counted(name):
    """As with vm.overcommit_memory=2, which a test must not set for all: RLIMIT_DATA counts the same mappings."""
    limited = ["sh", "-c", 'ulimit -d 30000; "$@"', "sh", "ls", "-l", "/usr"]
    done, plain = run(limited, name), run(limited)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == plain.stdout
    full = ["sh", "-c", 'ulimit -d 100000; "$@"', "sh", "perl", "-e", "my @a; push @a, 'y' x 5000 while 1"]
    done = run(full, name)
    assert done.returncode != 0
    assert b"Out of memory" in done.stderr


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_a_program_that_reaches_its_limit_is_told_so(name):
    limited = ["sh", "-c", 'ulimit -v 200000; "$@"', "sh", "perl", "-e", "my $n = 400_000_000; my $much = 'y' x $n"]
    done, plain = run(limited, name), run(limited)
    assert done.returncode == plain.returncode != 0
    assert b"Out of memory" in done.stderr


def test_statistics_are_written_at_the_end():
    done = run(["ls", "/"], "reference", REFALLOC_STATS="1")
    said = re.fullmatch(
        r"refalloc: process \d+: (\d+) mallocs, (\d+) frees, (\d+) reallocs; (\d+) bytes mapped at the peak; "
        r"(\d+) slabs, at most (\d+) large blocks at once; lanes used: (\d+) of (\d+)\n",
        done.stderr.decode(),
    )
    mallocs, frees, _, peak, slabs, _, lanes_used, lanes = map(int, said.groups())
    assert 0 < frees <= mallocs
    assert peak >= slabs * 65536 > 0
    assert 1 <= lanes_used <= lanes
    assert run(["ls", "/"], "reference").stderr == b"", "and only when asked for"


def test_lanes_of_threads_own_are_counted_too():
    threads = (
        "import threading\nfor t in [threading.Thread(target=list, args=(range(9),)) for _ in range(3)]: t.start()"
    )
    done = run_python(threads, "improved", REFALLOC_STATS="1")
    own = int(re.search(rb"lanes used: \d+ of \d+, and of threads' own: (\d+)\n", done.stderr)[1])
    assert 1 <= own <= 4


def test_numbers_are_added_to_a_file_at_the_end(tmp_path):
    numbers = tmp_path / "numbers"
    for _ in range(2):
        assert run(["ls", "/"], "reference", REFALLOC_NUMBERS=str(numbers)).stderr == b""
    first, second = (line.split() for line in numbers.read_text().splitlines())
    assert len(first) == len(COLUMNS)
    assert first[1:] == second[1:], "all but the process"
    assert run(["ls", "/"], "reference", REFALLOC_NUMBERS="/no/such/folder/numbers").returncode == 0


def _peak_kib(name, *numbers):
    """Peak resident memory of the bench's driver, in KiB."""
    # The shell stands between, as a process's peak counts what it was before exec: here a large Python.
    done = run(["sh", "-c", '"$@"; exit $?', "sh", str(build_driver()), *map(str, numbers)], name)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[3])


def test_memory_of_the_improved_text_stays_level_when_threads_come_and_go():
    assert _peak_kib("improved", WORKLOADS.index("churn"), 0, 0, 100_000, 1) < 6_000


def test_memory_of_the_improved_text_stays_level_from_producers_to_consumers():
    handover = WORKLOADS.index("handover")
    assert _peak_kib("improved", handover, 64, 0, 2_000_000, 4) < 6_000
