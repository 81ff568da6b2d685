"""Compiled callers of an allocator: loops in Python that allocate and free, for the bench.

With a text, alloc and free are compiled into the loop, which knows each length when it frees; a malloc is called by its
address. What is timed is the same loop in both.
"""

import ctypes
import time

import numpy as np
from numba import njit

from refalloc.native.heap import NativeHeap
from refalloc.native.jit import compile
from refalloc.native.words import load_word, store_byte, store_word

ALIGN_LOG2 = 4
HOT_LEN = 64  # bytes
LIVE, LONGEST = 1000, 1024  # blocks, bytes


def text_caller(text):
    """A Caller of a text, on a heap of its own. Raises CompileError."""
    compiled = compile(text)
    return Caller(compiled.alloc, compiled.free, NativeHeap(), ALIGN_LOG2)


def malloc_caller(library):
    """A Caller of malloc and free of a ctypes library."""
    c_malloc = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(_addr_of(library.malloc))
    c_free = ctypes.CFUNCTYPE(None, ctypes.c_int64)(_addr_of(library.free))

    @njit
    def alloc(heap, length):
        return c_malloc(length)

    @njit
    def free(heap, addr, length):
        c_free(addr)

    return Caller(alloc, free, 0)


def _addr_of(function):
    return ctypes.cast(function, ctypes.c_void_p).value


class Caller:
    """Loops that call compiled functions alloc(heap, length, *more) and free(heap, addr, length, *more)."""

    def __init__(self, alloc, free, heap, *more):
        self.heap = heap

        @njit(nogil=True)
        def hot(heap, steps):
            for _ in range(steps):
                addr = alloc(heap, HOT_LEN, *more)
                store_byte(addr, 1)
                store_byte(addr + HOT_LEN - 1, 1)
                free(heap, addr, HOT_LEN, *more)

        @njit(nogil=True)
        def replace_at_random(heap, table, steps):
            state = 1
            for _ in range(steps):
                state = (state * 1103515245 + 12345) & 0x7FFFFFFF  # no product passes 2**63: the compiler counts on it
                slot = table + ((state >> 8) * LIVE >> 23) * 16  # a division would cost as much as an alloc
                length = 8 + ((state & 0xFFFFF) * (LONGEST - 7) >> 20)
                old = load_word(slot)
                if old != 0:
                    free(heap, old, load_word(slot + 8), *more)
                addr = alloc(heap, length, *more)
                store_byte(addr, 1)
                store_byte(addr + length - 1, 1)
                store_word(slot, addr)
                store_word(slot + 8, length)

        @njit(nogil=True)
        def free_all(heap, table):
            for slot in range(table, table + LIVE * 16, 16):
                if load_word(slot) != 0:
                    free(heap, load_word(slot), load_word(slot + 8), *more)

        self._hot, self._replace_at_random, self._free_all = hot, replace_at_random, free_all

    def run_hot(self, steps):
        """A block of HOT_LEN bytes, freed at once. Returns float, the CPU time of a pair in ns."""
        start = time.thread_time_ns()
        self._hot(self.heap, steps)
        return (time.thread_time_ns() - start) / steps

    def run_random(self, steps):
        """One of LIVE blocks of 8 to LONGEST bytes gives way to a new one. Returns float, CPU time of a step in ns."""
        table = np.zeros(2 * LIVE, np.int64)
        start = time.thread_time_ns()
        self._replace_at_random(self.heap, table.ctypes.data, steps)
        taken = time.thread_time_ns() - start
        self._free_all(self.heap, table.ctypes.data)
        return taken / steps
