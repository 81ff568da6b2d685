"""What a pair of alloc and free costs from Python, beside the peers that a Python program has.

Contenders
    refalloc        the public functions: every argument checked, every block in a table
    text, made      the text specialised for one heap: no checks, as malloc has none
    text, plain     the text as it is written, on the same kind of heap
    mp.heap         multiprocessing.heap.Heap, the standard library's allocator
    malloc          the C library's malloc and free through ctypes
    empty           two Python functions that do nothing: no allocator can take less, and the loop is in all of them

Workloads are lists of calls that are made in their order, by one thread: 8 to 1024 bytes at random with 1000 blocks
live, one block again and again, and the recorded traces, whose last live blocks are freed at the end, so that every
alloc has its free. Calls of several threads in a trace are made by the one.

Where the time goes, and what was saved, is measured by parts(); the command prints it with --profile.
"""

import ctypes
import itertools
import multiprocessing.heap
import random
import textwrap
import threading
import time
from dataclasses import dataclass

import refalloc
from refalloc import allocator
from refalloc.bench.turns import by_turns, own_code
from refalloc.checked import Request
from refalloc.heap import Heap
from refalloc.specialize import specialize_text
from refalloc.trace.packed import ALLOC, load_trace, packed_traces

ALIGN_LOG2 = 4
LIVE_COUNT, STEP_COUNT = 1000, 8000  # of the mixed workload
HOT_COUNT, HOT_LEN = 8000, 64


@dataclass(frozen=True)
class Workload:
    """Calls to make. Attributes: calls: list of (is_alloc, block, length), each block is freed once; block_count."""

    name: str
    calls: list
    block_count: int

    @property
    def pair_count(self):
        return len(self.calls) // 2


def workloads():
    """All: list of Workload."""
    return [_hot(), _mixed(), *(_traced(name) for name in packed_traces())]


def measure(workload, rounds, on_round=lambda: None):
    """Time all contenders on a workload, by turns.

    Returns: {contender: list of float, ns a pair, one for each round}.
    """
    contenders = {name: _timed(loop, make, workload) for name, (loop, make) in CONTENDERS.items()}
    return by_turns(contenders, rounds, on_round=on_round)


def _hot():
    calls = [call for _ in range(HOT_COUNT) for call in ((True, 0, HOT_LEN), (False, 0, HOT_LEN))]
    return Workload(f"one block of {HOT_LEN} bytes", calls, 1)


def _mixed():
    generator = random.Random(1)
    lengths = [generator.randint(8, 1024) for _ in range(LIVE_COUNT)]
    calls = [(True, block, length) for block, length in enumerate(lengths)]
    for _ in range(STEP_COUNT):
        block = generator.randrange(LIVE_COUNT)
        calls.append((False, block, lengths[block]))
        lengths[block] = generator.randint(8, 1024)
        calls.append((True, block, lengths[block]))
    calls += [(False, block, length) for block, length in enumerate(lengths)]
    return Workload(f"8 to 1024 bytes, {LIVE_COUNT} live", calls, LIVE_COUNT)


def _traced(name):
    calls, live = [], {}
    for op, _, block, size, _ in load_trace(name).rows():
        if op == ALLOC:
            live[block] = size
            calls.append((True, block, size))
        else:
            calls.append((False, block, live.pop(block)))
    calls += [(False, block, size) for block, size in live.items()]
    return Workload(f"trace {name}", calls, max(block for _, block, _ in calls) + 1)


# Loops, one for each form of the two calls


def _sized(calls, addrs, alloc, free):
    for is_alloc, block, length in calls:
        if is_alloc:
            addrs[block] = alloc(length)
        else:
            free(addrs[block], length)


def _unsized(calls, addrs, alloc, free):
    for is_alloc, block, length in calls:
        if is_alloc:
            addrs[block] = alloc(length)
        else:
            free(addrs[block])


def _aligned(calls, addrs, alloc, free):
    for is_alloc, block, length in calls:
        if is_alloc:
            addrs[block] = alloc(length, ALIGN_LOG2)
        else:
            free(addrs[block], length, ALIGN_LOG2)


def _on_heap(calls, addrs, alloc, free, heap):
    for is_alloc, block, length in calls:
        if is_alloc:
            addrs[block] = alloc(heap, length, ALIGN_LOG2)
        else:
            free(heap, addrs[block], length, ALIGN_LOG2)


# Contenders: (loop, function of nothing that gives the loop's last arguments)


def _public():
    refalloc.the_allocator()  # from then on refalloc.alloc is the made function
    return refalloc.alloc, refalloc.free


def _made():
    text = specialize_text(allocator, Heap())
    return text.alloc, text.free


def _mp_heap():
    heap = multiprocessing.heap.Heap()
    return heap.malloc, heap.free


def _malloc():
    library = ctypes.CDLL(None)
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_size_t
    library.free.argtypes, library.free.restype = [ctypes.c_size_t], None
    return library.malloc, library.free


def _empty():
    def alloc(length, alignment=16):
        return length

    def free(addr, length, alignment=16):
        pass

    return alloc, free


CONTENDERS = {
    "refalloc": (_sized, _public),
    "text, made": (_aligned, _made),
    "text, plain": (_on_heap, lambda: (allocator.alloc, allocator.free, Heap())),
    "mp.heap": (_unsized, _mp_heap),
    "malloc": (_unsized, _malloc),
    "empty": (_sized, _empty),
}


def _timed(loop, make, workload):
    """A function of nothing that makes the workload's calls, and gives ns a pair."""
    loop, arguments = own_code(loop), make()
    addrs = [0] * workload.block_count

    def run():
        start = time.thread_time_ns()
        loop(workload.calls, addrs, *arguments)
        return (time.thread_time_ns() - start) / workload.pair_count

    return run


# Where the time goes


@dataclass(frozen=True)
class Part:
    """A piece of what a pair does, or (with `instead`) what it once did instead of another part.

    Attributes: count: int, times a pair; code: statements.
    """

    name: str
    count: int
    code: str
    instead: str = ""


PARTS = (
    Part("call a function, with a default", 2, "call(16)"),
    Part("find the request, which also checks it", 2, "request = requests[16][length]\nif request is None: pass"),
    Part("its size class", 2, "request.size_class"),
    Part("this thread's lane", 2, "lanes[thread_index()]"),
    Part("take the lane", 2, "try: got = lane.token.pop()\nexcept IndexError: pass\nlane.token.append(True)"),
    Part("prove it taken", 2, "if lane.token: pass"),
    Part("first of the free list, read and set", 2, "top = lane.frees[3]\nlane.frees[3] = top"),
    Part("load the link", 1, "if addr != 0: words[translations[addr]]"),
    Part("store the link", 1, "words[translations[addr]] = addr"),
    Part("into the table of live blocks", 1, "live[addr] = request"),
    Part("out of the table of live blocks", 1, "live[addr] = request\nlive_pop(addr, 0)"),
    Part(
        "walk the page table",
        1,
        "if addr & 7: pass\npages[addr >> 12]\nfirst_word + (addr >> 3 & 511)",
        "load the link",
    ),
    Part("a threading.local", 2, "local.index", "this thread's lane"),
    Part("compute the size class", 2, "size_class_index(length, 4)", "its size class"),
    Part("a threading.Lock", 2, "if lock.acquire(False): lock.release()", "take the lane"),
)


def parts(rounds, on_round=lambda: None):
    """Measure each of PARTS by itself, on a heap's own objects: {part: list of float, ns}, by turns."""
    heap = Heap()
    slab = heap.map(allocator.SLAB_LEN, allocator.SLAB_ALIGN_LOG2)
    addr = slab + 4096 * 5 + 64
    heap.store(addr, addr)  # so that its translation is known
    local = type("Local", (threading.local,), {"index": 0})()
    known = {
        "call": lambda length, alignment=16: None,
        "requests": [None] * 16 + [[Request(max(length, 1), ALIGN_LOG2) for length in range(1025)]],
        "request": Request(HOT_LEN, ALIGN_LOG2),
        "length": HOT_LEN,
        "lanes": heap.lanes,
        "lane": heap.lanes[0],
        "thread_index": heap._thread_index.get,
        "words": heap._words,
        "translations": heap._translations,
        "addr": addr,
        "pages": dict.fromkeys(heap.pages),
        "first_word": 0,
        "local": local,
        "lock": threading.Lock(),
        "size_class_index": allocator.size_class_index,
    }
    known["live"] = {addr + 64 * number: known["request"] for number in range(LIVE_COUNT)}
    known["live_pop"] = known["live"].pop
    nothing = _unrolled("pass", known)
    runs = {part.name: _unrolled(part.code, known) for part in PARTS}
    times = by_turns({**runs, "": nothing}, rounds, on_round=on_round)
    less = {name: [time - idle for time, idle in zip(times[name], times[""], strict=True)] for name in runs}
    out = "out of the table of live blocks"  # what is not in it cannot be taken out: both were measured
    less[out] = [both - into for both, into in zip(less[out], less["into the table of live blocks"], strict=True)]
    return {part: less[part.name] for part in PARTS}


REPEATS, UNROLLED = 2000, 10


def _unrolled(code, known):
    """A function of nothing that gives the ns of `code`, and of one part in UNROLLED of a loop."""
    body = textwrap.indent(f"{code}\n" * UNROLLED, "        ")
    source = f"def loop({', '.join(known)}):\n    for _ in repeat(None, {REPEATS}):\n{body}"
    namespace = {"repeat": itertools.repeat}
    exec(source, namespace)

    def run():
        start = time.thread_time_ns()
        namespace["loop"](**known)
        return (time.thread_time_ns() - start) / (REPEATS * UNROLLED)

    return run
