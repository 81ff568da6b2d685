"""The interpreted heap, made ready for the contract: it counts tries at locks, and can refuse pages."""

from contextlib import contextmanager

from contract import Machine

from refalloc import allocator
from refalloc.allocator import SLAB_LEN
from refalloc.heap import Heap

ARENA_LEN = 64 << 20


class Livelock(AssertionError):
    """One call tried more locks than any sound call can."""


class CountingHeap(Heap):
    """Raises Livelock in a call that goes round for ever, so that a broken text ends."""

    def __init__(self, lane_count):
        super().__init__(lane_count, ARENA_LEN)
        self.tries = 0

    def try_lock(self, lane):
        self.tries += 1
        if self.tries > 100_000:
            raise Livelock("a call goes round the lanes for ever")
        return super().try_lock(lane)


class CountingMachine(Machine):
    def alloc(self, length, align_log2=0):
        self.heap.tries = 0
        return super().alloc(length, align_log2)

    def free(self, addr):
        self.heap.tries = 0
        super().free(addr)


def slabs_lie_side_by_side(make):
    """This heap maps the lowest range that fits: a slab that is aligned to more than it needs leaves a hole."""
    machine = make(1)
    slabs = [machine.alloc(length) for length in (8, 16, 32, 64)]
    assert slabs == list(range(slabs[0], slabs[0] + 4 * SLAB_LEN, SLAB_LEN))


class Maker:
    """make(lane_count) for a text: the reference unless another is given."""

    def __init__(self, text=allocator):
        self.text = text

    def __call__(self, lane_count):
        return CountingMachine(self.text, CountingHeap(lane_count))

    @staticmethod
    @contextmanager
    def refusing_pages(heap):
        heap.map = lambda length, align_log2: 0
        yield
        del heap.map
