"""The compiled heap, made ready for the contract; and workloads in compiled code that verify every block."""

import resource
from contextlib import contextmanager

import numpy as np
from contract import Machine
from numba import njit

from refalloc.native import NativeHeap
from refalloc.native.trial import fill, overwritten


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
