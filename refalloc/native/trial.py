"""Try a compiled text before anything relies on it: python -m refalloc.native.trial FILE, in a process of its own.

A broken text may write anywhere or never return, so `try_out` starts this module in a child, with a time limit. What is
tried: blocks of many lengths and alignments are aligned, apart and keep their bytes, alone and with four threads that
free each other's blocks; and a mapping holds blocks of one size class, which the malloc interface rests on.
"""

import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
from numba import njit

from refalloc.native.heap import NativeHeap
from refalloc.native.jit import CompileError, compile
from refalloc.native.pages import CHUNK_LOG2
from refalloc.native.words import exchange_acquire, load_word, store_word, wrapping_product, wrapping_sum

LENGTHS = (
    1,
    8,
    16,
    17,
    24,
    32,
    48,
    64,
    65,
    100,
    128,
    200,
    500,
    1000,
    1024,
    2000,
    4096,
    5000,
    16384,
    32768,
    40_000,
    70_000,
)
ALIGN_LOG2S = (4, 4, 6, 12, 16)
BLOCKS_OF_EACH = 12
THREADS, SLOTS, STEPS = 4, 128, 40_000
TIME_LIMIT = 30  # seconds of the processor, once it is compiled; a sound text takes three


class TrialError(Exception):
    """A text that does not do what an allocator must; the message says what was tried and what went wrong."""


def try_out(path):
    """Try the text in the file at `path`, in a process of its own. Raises TrialError, CompileError."""
    command = [sys.executable, "-m", "refalloc.native.trial", str(path), str(TIME_LIMIT)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == -signal.SIGXCPU:
        raise TrialError(
            f"{path}: a call did not return within {TIME_LIMIT} s; look for a lane that is not unlocked on every path"
        )
    if done.returncode == 2:
        raise CompileError(done.stderr.strip())
    if done.returncode < 0:
        raise TrialError(f"{path}: it crashed (signal {-done.returncode}); run it on the interpreted heap to see where")
    if done.returncode != 0:
        raise TrialError(f"{path}: {done.stderr.strip().splitlines()[-1]}")


def main(path, time_limit):
    """Try the text at `path`. Returns int: 0, or 1 or 2 with a message on stderr when it fails or does not compile.

    A text has nothing to wait with but loops, so one that does not return is ended by the system: SIGXCPU, after
    `time_limit` seconds of the processor, however busy the machine is with others.
    """
    try:
        text = compile(path)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        limit = int(time.process_time()) + int(time_limit)
        resource.setrlimit(resource.RLIMIT_CPU, (limit if hard < 0 else min(limit, hard), hard))
        _try_alone(text)
        _try_threads(text)
    except TrialError as error:
        print(error, file=sys.stderr)
        return 1
    except CompileError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _try_alone(text):
    heap = NativeHeap(2)
    for _ in range(2):  # the second time with what the first has freed
        live = {}
        for align_log2 in ALIGN_LOG2S:
            for length in LENGTHS * BLOCKS_OF_EACH:
                addr = text.alloc(heap, length, align_log2)
                if addr == 0 or addr % (1 << align_log2) != 0:
                    raise TrialError(
                        f"alloc({length}, {align_log2}) returned {addr:#x}; expected a multiple of {1 << align_log2}"
                    )
                fill(addr, length, addr)
                live[addr] = (length, align_log2)
        _require_apart(live)
        _require_one_class_a_mapping(text, heap, live)
        for addr, (length, align_log2) in live.items():
            if overwritten(addr, length, addr) >= 0:
                raise TrialError(f"the block of {length} bytes at {addr:#x} did not keep what was written to it")
            text.free(heap, addr, length, align_log2)


def _require_apart(live):
    end, last = 0, 0
    for addr, (length, _) in sorted(live.items()):
        if addr < end:
            raise TrialError(f"the blocks at {last:#x} ({end - last} bytes) and {addr:#x} overlap")
        end, last = addr + length, addr


def _require_one_class_a_mapping(text, heap, live):
    first: dict[int, int] = {}  # chunk -> the length of the first block in it
    for addr, (length, align_log2) in live.items():
        if align_log2 != ALIGN_LOG2S[0]:
            continue
        other = first.setdefault(addr >> CHUNK_LOG2, length)
        if not text.resize(heap, addr, length, other, align_log2):
            raise TrialError(
                f"blocks of {other} and {length} bytes lie in one mapping, and resize says that they are of different "
                "classes; the malloc interface needs a mapping for each class, as free there has no length"
            )


def _try_threads(text):
    heap, table, trade = NativeHeap(2), np.zeros(SLOTS, np.int64), trader(text)
    outcomes = []

    def work(seed):
        outcomes.append(trade(heap, table.ctypes.data, SLOTS, STEPS, seed))

    threads = [threading.Thread(target=work, args=(seed + 1,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(outcomes):
        raise TrialError(
            f"with {THREADS} threads, a block did not keep what was written to it, or alloc returned 0; "
            "look for a step outside the lock"
        )


@njit
def word_of(seed, offset):
    """What `fill` writes at an offset of a block."""
    return wrapping_sum(wrapping_product(seed, 0x9E3779B1), offset)


@njit
def fill(addr, length, seed):
    """Fill a block with words that no other seed gives; bytes past the last whole word stay as they are."""
    for offset in range(0, length - 7, 8):
        store_word(addr + offset, word_of(seed, offset))


@njit
def overwritten(addr, length, seed):
    """Offset of the first word that is not as `fill` left it; -1 when all are."""
    for offset in range(0, length - 7, 8):
        if load_word(addr + offset) != word_of(seed, offset):
            return offset
    return -1


@njit
def next_random(state):
    """The number that follows, of 63 bits. Source: Knuth's generator of MMIX, TAOCP 2, 3.3.4."""
    return wrapping_sum(wrapping_product(state, 6364136223846793005), 1442695040888963407) & 0x7FFFFFFFFFFFFFFF


def trader(text):
    """A compiled function: one thread that allocates, verifies and frees, and trades blocks with the others.

    A block stands in a table of slots that all threads share; a thread takes what is in a slot by an atomic exchange,
    verifies it, frees it, and puts one of its own there. So most frees are by another thread than the alloc. It returns
    0, or 1 for no memory, 2 for a block that was overwritten.
    """
    alloc, free = text.alloc, text.free

    @njit(nogil=True)
    def trade(heap, table_addr, slot_count, step_count, seed):
        state = seed
        for _ in range(step_count):
            state = next_random(state)
            slot = (state >> 20) % slot_count
            length = 16 << ((state >> 40) % 8)
            length += (state >> 50) % length
            if (state >> 33) % 256 == 0:
                length += 40_000  # large
            addr = alloc(heap, length, 4)
            if addr == 0:
                return 1
            store_word(addr, length)
            fill(addr + 8, length - 8, addr)
            old = exchange_acquire(table_addr + slot * 8, addr)
            if old != 0:
                old_length = load_word(old)
                if old_length < 16 or old_length > 50_000 or overwritten(old + 8, old_length - 8, old) >= 0:
                    return 2
                free(heap, old, old_length, 4)
        return 0

    return trade


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
