"""The compiled heap, made ready for the contract; and workloads in compiled code that verify every block."""

import resource
from contextlib import contextmanager

import numpy as np
from contract import Machine
from numba import njit

from refalloc.native import NativeHeap
from refalloc.native.words import exchange_acquire, load_word, store_word

LIVE, LENGTH, ALIGN = range(3)  # columns of a table of blocks: address, bytes, log2


class Maker:
    """make(lane_count) for a compiled text."""

    def __init__(self, text):
        self.text = text

    def __call__(self, lane_count):
        return Machine(self.text, NativeHeap(lane_count))

    @staticmethod
    @contextmanager
    def refusing_pages(heap):
        """The system itself refuses: this process may have no more addresses than it has."""
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (1 << 20, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)


@njit
def fill(addr, length, seed):
    """Fill a block with a pattern that no other seed has in any word; bytes past the last word stay as they are."""
    for offset in range(0, length - 7, 8):
        store_word(addr + offset, seed * 0x9E3779B1 + offset)


@njit
def overwritten(addr, length, seed):
    """Offset of the first word that is not as `fill` left it; -1 when all are."""
    for offset in range(0, length - 7, 8):
        if load_word(addr + offset) != seed * 0x9E3779B1 + offset:
            return offset
    return -1


def replayer(text):
    """A compiled function that makes a trace's calls; see test_traces."""
    alloc, free = text.alloc, text.free

    @njit(nogil=True)
    def replay(heap, op, block, size, align_log2, addrs, sizes, aligns):
        for event in range(len(op)):
            number = block[event]
            if op[event] == 0:
                length, log2 = np.int64(size[event]), np.int64(align_log2[event])
                addr = alloc(heap, length, log2)
                if addr == 0 or addr & ((1 << log2) - 1) != 0:
                    return event
                fill(addr, length, number)
                addrs[number], sizes[number], aligns[number] = addr, length, log2
            else:
                addr = addrs[number]
                if overwritten(addr, sizes[number], number) >= 0:
                    return event
                free(heap, addr, sizes[number], aligns[number])
                addrs[number] = 0
        return -1

    return replay


def trader(text):
    """A compiled function: one thread that allocates, verifies and frees, and trades blocks with the others.

    A block stands in a table of slots that all threads share; a thread takes what is in a slot by an atomic exchange,
    verifies it, frees it, and puts one of its own there. So most frees are by another thread than the alloc.
    """
    alloc, free = text.alloc, text.free

    @njit(nogil=True)
    def trade(heap, table_addr, slot_count, step_count, seed):
        state = seed
        for _ in range(step_count):
            state = (state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
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
