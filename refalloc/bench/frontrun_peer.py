"""The same programs under frontrun; run by explore.py as `python -m refalloc.bench.frontrun_peer RUNS PREEMPTIONS`.

Prints one line of JSON: runs, how many schedules frontrun ran; seconds and processor_seconds, of the
exploring alone.

The heap is one that frontrun can follow: Python objects, and threading.Lock, which it takes over.
"""

import json
import sys
import threading
import time

from refalloc import allocator


class ThreadedLane:
    """A lane whose lock is a real one."""

    def __init__(self):
        self.mutex = threading.Lock()
        self.frees = [0] * allocator.SIZE_CLASS_COUNT
        self.next_addrs = [0] * allocator.SIZE_CLASS_COUNT


class ThreadedHeap:
    """Simulated memory for real threads: what the programs need of the members in heap.py, and no more."""

    def __init__(self, lane_count=2):
        self.lanes = [ThreadedLane() for _ in range(lane_count)]
        self.words = {}
        self._local = threading.local()
        self._map_next = 1 << 32

    @property
    def thread_index(self):
        return getattr(self._local, "index", 0)

    def set_thread_index(self, index):
        self._local.index = index

    def try_lock(self, lane):
        return lane.mutex.acquire(blocking=False)

    def unlock(self, lane):
        lane.mutex.release()

    def load(self, addr):
        return self.words.get(addr, 0)

    def store(self, addr, word):
        self.words[addr] = word

    def map(self, length, align_log2):
        align = 1 << align_log2
        addr = -(-self._map_next // align) * align
        self._map_next = addr + length
        return addr


def churn(heap):
    """alloc, alloc, free, alloc."""
    first = allocator.alloc(heap, 24, 3)
    allocator.alloc(heap, 24, 3)
    allocator.free(heap, first, 24, 3)
    allocator.alloc(heap, 24, 3)


def main(runs, preemptions):
    import frontrun

    start, processor_start = time.perf_counter(), time.process_time()
    found = frontrun.explore(
        setup=ThreadedHeap,
        workers=churn,
        count=2,
        invariant=lambda heap: True,
        max_executions=runs,
        preemption_bound=preemptions,
        trace_packages=["refalloc*"],
        reproduce_on_failure=0,
    )
    seconds = time.perf_counter() - start
    processor_seconds = time.process_time() - processor_start
    print(json.dumps({"runs": found.num_explored, "seconds": seconds, "processor_seconds": processor_seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
