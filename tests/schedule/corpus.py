"""Allocators that are wrong, and others that are right though they look different: each a small change of the text.

A change is (what stands in refalloc/allocator.py, what stands there instead). Every wrong one must be convicted, and
no right one may be: test_corpus.py.
"""

import linecache
import types
from dataclasses import dataclass, field
from pathlib import Path

from refalloc import allocator

SOURCE = Path(allocator.__file__).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Variant:
    """A changed text.

    Attributes: name: str; changes: pairs of str. kinds: set of str, the verdicts that fit, for a wrong one.
                scenario: name in SCENARIOS, where it shows; options: more for explore.
    """

    name: str
    changes: tuple
    kinds: frozenset = frozenset()
    scenario: str = "two churn"
    options: dict = field(default_factory=dict)

    def module(self):
        """The text, as a module of its own whose source tracebacks and accounts can show."""
        source = SOURCE
        for old, new in self.changes:
            assert source.count(old) == 1, f"{self.name}: {source.count(old)} places have {old!r}"
            source = source.replace(old, new)
        module = types.ModuleType(self.name.replace(" ", "_"))
        filename = f"<{module.__name__}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), module.__dict__)
        return module


# Programs


def churn(thread):
    first = thread.alloc(24)
    thread.alloc(24)
    thread.free(first)
    thread.alloc(24)


def pair(thread):
    thread.free(thread.alloc(24))


def two_blocks(thread):
    return [thread.alloc(24), thread.alloc(24)]


def free_own_then_alloc(thread):
    thread.free(thread.prepared[thread.number])
    thread.alloc(24)
    thread.alloc(24)


def large_slots(thread):
    first = thread.alloc(32768)
    thread.alloc(32768)
    thread.free(first)


def may_fail(thread):
    first = thread.alloc(24)
    if first:
        thread.free(first)
    thread.alloc(4000)


def large_blocks(thread):
    addr = thread.alloc(100_000)
    thread.resize(addr, 50_000)
    thread.free(thread.remap(addr, 200_000))


def four_free_slots(thread):
    blocks = [thread.alloc(24) for _ in range(4)]
    for block in blocks:
        thread.free(block)
    return blocks


def slots_come_back(run):
    """Those of the prepared slots that are not live can all be handed out again."""
    missing = set(run.prepared) - set(run.live)
    again = {run.scenario.text.alloc(run.heap, 24, 3) for _ in missing}
    assert again == missing, f"slots {sorted(map(hex, missing - again))} are lost"


def free_one(thread):
    thread.free(thread.prepared[thread.number])


def pop_twice(thread):
    thread.alloc(24)
    thread.alloc(24)


def pop_twice_push_once(thread):
    first = thread.alloc(24)
    thread.alloc(24)
    thread.free(first)


SCENARIOS = {
    "two churn": {"programs": [churn, churn]},
    "two churn, one lane": {"programs": [churn, churn], "lane_count": 1},
    "three pairs": {"programs": [pair, pair, pair]},
    "prepared": {"programs": [free_own_then_alloc] * 2, "prepare": two_blocks},
    "large slots": {"programs": [large_slots, large_slots]},
    "one map": {"programs": [may_fail, may_fail], "map_limit": 1},
    "large": {"programs": [large_blocks, large_blocks]},
    "two frees": {"programs": [free_one, free_one], "prepare": two_blocks, "check": slots_come_back, "lane_count": 1},
    "free list": {
        "programs": [pop_twice, pop_twice_push_once],
        "prepare": four_free_slots,
        "check": slots_come_back,
        "lane_count": 1,
    },
}

# Pieces of the text

TAKE = "    lane = lock(heap)\n"
FREE_BODY = """    lane = lock(heap)
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)
"""
POP = """            lane.frees[size_class] = heap.load(top)
            heap.unlock(lane)
            return top
"""
BUMP = """            lane.next_addrs[size_class] = next_addr + slot_size(size_class)
            heap.unlock(lane)
            return next_addr
"""
MAP = """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab != 0:
                lane.next_addrs[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            return slab
"""
SEARCH = """        heap.unlock(lane)
        lane = lock_next(heap)
        search_count += 1
"""
ALLOC_TAKE = """    search_count = 0
    lane = lock(heap)
"""
LOCK_BODY = """    lane = heap.lanes[heap.thread_index]
    if heap.try_lock(lane):
        return lane
    return lock_next(heap)
"""
LOCK_NEXT_BODY = """    index = heap.thread_index
    while True:
        index = (index + 1) % len(heap.lanes)
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane
"""
READ_TOP = "        top = lane.frees[size_class]\n"
READ_NEXT = "        next_addr = lane.next_addrs[size_class]\n"
CONSTANTS = "#: [constants]\n"

SHARED = "from refalloc.schedule import Atomic, Lock, Shared\n"
RACE = frozenset({"data race"})


def _wrong(name, *changes, kinds=RACE, scenario="two churn", **options):
    return Variant(name, changes, frozenset(kinds), scenario, options)


def _right(name, *changes):
    return Variant(name, changes)


SPIN = """    while not the.compare_swap("taken", 0, 1):
        pass
    return heap.lanes[0]
"""


def _giving_back_by(statement, but=None):
    """Changes by which all paths out give the lock back by `statement`, except the piece `but`."""
    pieces = {
        piece: piece.replace("heap.unlock(lane)", "pass" if piece is but else statement)
        for piece in (POP, BUMP, MAP, FREE_BODY)
    }
    return *pieces.items(), (SEARCH, "        search_count += 1\n")


# A free list without a lock: its top in an Atomic, its links in the slots. Of one class, which all programs use.
LOCK_FREE = (
    (CONSTANTS, SHARED + CONSTANTS),
    (
        "    search_count = 0\n",
        """    while True:
        top = the.top
        if top == 0:
            break
        rest = heap.load(top)
        if the.compare_swap("top", top, rest):
            return top
    search_count = 0
""",
    ),
    (
        FREE_BODY,
        """    while True:
        top = the.top
        heap.store(addr, top)
        if the.compare_swap("top", top, addr):
            return
""",
    ),
    ("#: [size_class_index]\n", "the = Atomic(top=0)\n\n\n#: [size_class_index]\n"),
)

UNLOCK = "heap.unlock(lane)\n"

WRONG = [
    # No lock
    _wrong(
        "free without a lock",
        (
            FREE_BODY,
            """    lane = heap.lanes[heap.thread_index]
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
""",
        ),
    ),
    _wrong(
        "lock does not look at what try_lock says",
        (
            "    if heap.try_lock(lane):\n        return lane\n    return",
            """    if heap.try_lock(lane) or True:
        return lane
    return""",
        ),
        kinds={"data race", "foreign unlock", "lock kept"},
    ),
    _wrong(
        "lock_next does not look at what try_lock says",
        (
            """        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane
""",
            """        heap.try_lock(lane)
        heap.set_thread_index(index)
        return lane
""",
        ),
        kinds={"data race", "foreign unlock", "exception"},
    ),
    _wrong(
        "lock looks, and then locks",
        (
            LOCK_BODY,
            """    lane = heap.lanes[heap.thread_index]
    while lane.frees[63] != 0:
        pass
    lane.frees[63] = 1
    return lane
""",
        ),
        *_giving_back_by("lane.frees[63] = 0"),
    ),
    _wrong(
        "lock looks, and then locks, each step atomic",
        (
            LOCK_BODY,
            """    lane = heap.lanes[heap.thread_index]
    while lane.frees[63] != 0:
        pass
    lane.frees[63] = 1
    return lane
""",
        ),
        *_giving_back_by("lane.frees[63] = 0"),
        kinds={"double hand-out", "overwritten block", "broken invariant"},
        atomic=True,
    ),
    _wrong(
        "a spin lock that a pop does not give back",
        (CONSTANTS, SHARED + "the = Atomic(taken=0)\n" + CONSTANTS),
        (LOCK_BODY, SPIN),
        *_giving_back_by("the.taken = 0", but=POP),
        kinds={"livelock"},
    ),
    _wrong(
        "lock by swapping, whether done or not",
        (CONSTANTS, SHARED + "the = Atomic(taken=0)\n" + CONSTANTS),
        (
            LOCK_BODY,
            """    the.compare_swap("taken", 0, 1)
    return heap.lanes[0]
""",
        ),
        *_giving_back_by("the.taken = 0"),
    ),
    # Unlocked too early, read too early
    _wrong(
        "unlock before the push",
        (
            FREE_BODY,
            """    lane = lock(heap)
    heap.unlock(lane)
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
""",
        ),
    ),
    _wrong(
        "unlock before the top is written",
        (
            FREE_BODY,
            """    lane = lock(heap)
    heap.store(addr, lane.frees[size_class])
    heap.unlock(lane)
    lane.frees[size_class] = addr
""",
        ),
    ),
    _wrong(
        "unlock before the pop",
        (
            POP,
            """            heap.unlock(lane)
            lane.frees[size_class] = heap.load(top)
            return top
""",
        ),
    ),
    _wrong(
        "unlock before the bump",
        (
            BUMP,
            """            heap.unlock(lane)
            lane.next_addrs[size_class] = next_addr + slot_size(size_class)
            return next_addr
""",
        ),
    ),
    _wrong(
        "unlock before the new slab is entered",
        (
            MAP,
            """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            heap.unlock(lane)
            lane.next_addrs[size_class] = slab + slot_size(size_class)
            return slab
""",
        ),
    ),
    _wrong(
        "frees read before locking",
        (
            ALLOC_TAKE,
            """    search_count = 0
    seen = heap.lanes[heap.thread_index].frees[size_class]
    lane = lock(heap)
""",
        ),
        (READ_TOP, "        top = lane.frees[size_class] if seen else 0\n"),
    ),
    _wrong(
        "next_addrs read before locking",
        (
            ALLOC_TAKE,
            """    search_count = 0
    next_addr = heap.lanes[heap.thread_index].next_addrs[size_class]
    lane = lock(heap)
""",
        ),
        (READ_NEXT, ""),
        ("MAX_ALLOC_SEARCH = 1 ", "MAX_ALLOC_SEARCH = 0 "),
        scenario="two churn, one lane",
    ),
    _wrong(
        "a peek at all lanes before locking",
        (
            LOCK_BODY,
            """    if any(lane.frees[2] for lane in heap.lanes):
        heap.set_thread_index(0)
    return lock_next(heap)
""",
        ),
    ),
    _wrong(
        "slab published before its slots are linked",
        (
            MAP,
            """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            lane.next_addrs[size_class] = slab + 3 * slot_size(size_class)
            lane.frees[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            heap.store(slab + slot_size(size_class), slab + 2 * slot_size(size_class))
            heap.store(slab + 2 * slot_size(size_class), 0)
            return slab
""",
        ),
        scenario="two churn, one lane",
    ),
    _wrong(
        "slab entered into a lane that is not locked",
        (
            MAP,
            """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            heap.lanes[0].next_addrs[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            return slab
""",
        ),
    ),
    # Unlock forgotten, twice, or of another lane
    _wrong(
        "no unlock on the refill path", (MAP, MAP.replace("            heap.unlock(lane)\n", "")), kinds={"lock kept"}
    ),
    _wrong(
        "no unlock when pages are refused",
        (
            MAP,
            """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab != 0:
                lane.next_addrs[size_class] = slab + slot_size(size_class)
                heap.unlock(lane)
            return slab
""",
        ),
        kinds={"lock kept"},
        scenario="one map",
    ),
    _wrong("no unlock after a pop", (POP, POP.replace("            heap.unlock(lane)\n", "")), kinds={"lock kept"}),
    _wrong("no unlock after a bump", (BUMP, BUMP.replace("            heap.unlock(lane)\n", "")), kinds={"lock kept"}),
    _wrong("no unlock in free", (FREE_BODY, FREE_BODY.replace("    heap.unlock(lane)\n", "")), kinds={"lock kept"}),
    _wrong(
        "no unlock of the lane that had nothing",
        (SEARCH, SEARCH.replace("        heap.unlock(lane)\n", "")),
        kinds={"lock kept", "deadlock"},
    ),
    _wrong(
        "unlock twice in free",
        (FREE_BODY, FREE_BODY + "    heap.unlock(lane)\n"),
        kinds={"exception", "foreign unlock"},
    ),
    _wrong(
        "unlock of lane 0, whichever was locked",
        (FREE_BODY, FREE_BODY.replace("unlock(lane)", "unlock(heap.lanes[0])")),
        kinds={"exception", "foreign unlock"},
    ),
    _wrong(
        "unlock of the thread's lane, which lock_next did not note",
        (LOCK_NEXT_BODY, LOCK_NEXT_BODY.replace("            heap.set_thread_index(index)\n", "")),
        (FREE_BODY, FREE_BODY.replace("unlock(lane)", "unlock(heap.lanes[heap.thread_index])")),
        kinds={"exception", "foreign unlock", "lock kept"},
    ),
    # Holding and waiting
    _wrong(
        "lane locked twice",
        (
            FREE_BODY,
            FREE_BODY.replace(
                TAKE,
                TAKE
                + """    while not heap.try_lock(lane):
        pass
""",
            ),
        ),
        kinds={"deadlock"},
    ),
    _wrong(
        "search for another lane while holding one",
        (
            SEARCH,
            """        other = lock_next(heap)
        heap.unlock(lane)
        lane = other
        search_count += 1
""",
        ),
        kinds={"deadlock"},
    ),
    _wrong(
        "steal while holding, and wait for the victim",
        (
            SEARCH,
            """        victim = heap.lanes[(lane.index + 1) % len(heap.lanes)]
        while not heap.try_lock(victim):
            pass
        lane.frees[size_class] = victim.frees[size_class]
        victim.frees[size_class] = 0
        heap.unlock(victim)
        search_count += 1
""",
        ),
        kinds={"deadlock"},
    ),
    _wrong(
        "all lanes locked, from the thread's own on",
        (
            FREE_BODY,
            """    count = len(heap.lanes)
    first = heap.thread_index
    lanes = [heap.lanes[(first + index) % count] for index in range(count)]
    heap.set_thread_index((first + 1) % count)
    for lane in lanes:
        while not heap.try_lock(lane):
            pass
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    for lane in lanes:
        heap.unlock(lane)
""",
        ),
        kinds={"deadlock"},
        scenario="three pairs",
    ),
    _wrong(
        "two blocking locks in two orders",
        (CONSTANTS, SHARED + 'allocs, frees = Lock("allocs"), Lock("frees")\n' + CONSTANTS),
        (
            ALLOC_TAKE,
            """    with allocs:
        with frees:
            pass
"""
            + ALLOC_TAKE,
        ),
        (
            FREE_BODY,
            """    with frees:
        with allocs:
            pass
"""
            + FREE_BODY,
        ),
        kinds={"deadlock"},
    ),
    _wrong(
        "waits for others to free",
        (
            MAP,
            """            if heap.lanes[0].next_addrs[size_class] == 0 and lane.index == 0:
                slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
                lane.next_addrs[size_class] = slab + slot_size(size_class)
                heap.unlock(lane)
                return slab
"""
            + SEARCH.replace("        ", "            "),
        ),
        kinds={"data race", "endless run"},
    ),
    # What threads share beside the lanes
    _wrong(
        "thread index shared without a lock",
        (CONSTANTS, SHARED + "the = Shared(index=0)\n" + CONSTANTS),
        (LOCK_BODY, LOCK_BODY.replace("heap.thread_index", "the.index")),
        (
            LOCK_NEXT_BODY,
            LOCK_NEXT_BODY.replace("heap.thread_index", "the.index").replace(
                "heap.set_thread_index(index)", "the.index = index"
            ),
        ),
    ),
    _wrong(
        "thread index kept in a lane",
        (
            LOCK_NEXT_BODY,
            LOCK_NEXT_BODY.replace("heap.set_thread_index(index)", "heap.lanes[0].next_addrs[63] = index"),
        ),
    ),
    _wrong(
        "check-then-act on the singleton",
        (CONSTANTS, SHARED + "the = Shared(first_slab=0)\n" + CONSTANTS),
        (
            ALLOC_TAKE,
            """    if the.first_slab == 0:
        the.first_slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
"""
            + ALLOC_TAKE,
        ),
    ),
    _wrong(
        "check-then-act on the singleton, each step atomic",
        (CONSTANTS, SHARED + "the = Atomic(first_slab=0)\n" + CONSTANTS),
        (
            ALLOC_TAKE,
            """    if the.first_slab == 0:
        the.first_slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
        return the.first_slab
"""
            + ALLOC_TAKE,
        ),
        kinds={"double hand-out", "broken invariant", "data race"},
    ),
    _wrong(
        "count of blocks without a lock",
        (CONSTANTS, SHARED + "the = Shared(count=0)\n" + CONSTANTS),
        (ALLOC_TAKE, ALLOC_TAKE + "    the.count += 1\n"),
    ),
    _wrong(
        "slab mapped outside the lock, and not looked at again",
        (
            MAP,
            """            heap.unlock(lane)
            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            lane = lock(heap)
            lane.next_addrs[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            return slab
""",
        ),
        kinds={"broken invariant"},
    ),
    _wrong(
        "steal from a lane that is not locked",
        (
            SEARCH,
            """        victim = heap.lanes[(lane.index + 1) % len(heap.lanes)]
        lane.frees[size_class] = victim.frees[size_class]
        victim.frees[size_class] = 0
        search_count += 1
""",
        ),
        scenario="prepared",
    ),
    _wrong(
        "push to a lane beside the one that is locked",
        (
            FREE_BODY,
            """    lane = lock(heap)
    other = heap.lanes[(lane.index + 1) % len(heap.lanes)]
    heap.store(addr, other.frees[size_class])
    other.frees[size_class] = addr
    heap.unlock(lane)
""",
        ),
    ),
    # Without locks
    _wrong(
        "ABA on a lock-free list",
        *LOCK_FREE,
        kinds={"double hand-out", "broken invariant", "exception", "overwritten block", "wrong answer"},
        scenario="free list",
        atomic=True,
        invariants=None,
    ),
    _wrong("ABA on a lock-free list, as a race", *LOCK_FREE, scenario="free list", invariants=None),
    _wrong(
        "lock-free push that does not swap",
        *LOCK_FREE[:2],
        (
            FREE_BODY,
            """    heap.store(addr, the.top)
    the.top = addr
""",
        ),
        LOCK_FREE[3],
        kinds={"wrong answer"},
        scenario="two frees",
        atomic=True,
        invariants=None,
    ),
    _wrong(
        "lock-free bump that does not swap",
        (CONSTANTS, SHARED + "the = Atomic(next_addr=0)\n" + CONSTANTS),
        (
            ALLOC_TAKE,
            """    if the.next_addr % SLAB_LEN != 0:
        addr = the.next_addr
        the.next_addr = addr + slot_size(size_class)
        return addr
"""
            + ALLOC_TAKE,
        ),
        (MAP, MAP.replace("lane.next_addrs[size_class]", "the.next_addr")),
        kinds={"double hand-out", "data race", "broken invariant"},
        invariants=None,
    ),
    # Wrong in any order
    _wrong(
        "push without a link",
        (FREE_BODY, FREE_BODY.replace("    heap.store(addr, lane.frees[size_class])\n", "")),
        kinds={"exception", "broken invariant"},
        scenario="prepared",
    ),
    _wrong(
        "pop that drops the rest",
        (POP, POP.replace("heap.load(top)", "0")),
        kinds={"broken invariant"},
        scenario="free list",
    ),
    _wrong("bump by nothing", (BUMP, BUMP.replace(" + slot_size(size_class)", "")), kinds={"double hand-out"}),
    _wrong(
        "bump by half a slot",
        (BUMP, BUMP.replace("slot_size(size_class)", "slot_size(size_class) // 2")),
        kinds={"overlapping blocks"},
    ),
    _wrong(
        "slab of half the length",
        (MAP, MAP.replace("SLAB_LEN,", "SLAB_LEN // 2,")),
        kinds={"wrong answer", "broken invariant"},
        scenario="large slots",
    ),
    _wrong(
        "slab that is only page aligned",
        (MAP, MAP.replace("SLAB_ALIGN_LOG2", "PAGE_ALIGN_LOG2")),
        kinds={"wrong answer", "broken invariant"},
        scenario="large slots",
    ),
    _wrong(
        "free into the class above",
        (FREE_BODY, FREE_BODY.replace("[size_class]", "[size_class + 1]")),
        kinds={"broken invariant"},
    ),
    _wrong(
        "slab unmapped with blocks in it",
        (
            FREE_BODY,
            """    if addr % SLAB_LEN == 0:
        heap.unmap(addr, SLAB_LEN)
        return
"""
            + FREE_BODY,
        ),
        kinds={"exception", "data race", "wrong answer"},
    ),
    _wrong(
        "large block unmapped by the wrong length",
        ("        heap.unmap(addr, length)\n", "        heap.unmap(addr, length // 2)\n"),
        kinds={"exception"},
        scenario="large",
    ),
    _wrong(
        "a slab for each refusal, dropped",
        (MAP, MAP.replace("            slab =", "            heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)\n            slab =")),
        kinds={"broken invariant"},
    ),
]

RIGHT = [
    _right("the text as it is"),
    _right(
        "rotation downwards",
        ("        index = (index + 1) % len(heap.lanes)\n", "        index = (index - 1) % len(heap.lanes)\n"),
    ),
    _right(
        "rotation from lane 0 on, no thread index",
        (LOCK_BODY, "    return lock_next(heap)\n"),
        (
            LOCK_NEXT_BODY,
            """    while True:
        for lane in heap.lanes:
            if heap.try_lock(lane):
                return lane
""",
        ),
    ),
    _right("no search before a map", ("MAX_ALLOC_SEARCH = 1 ", "MAX_ALLOC_SEARCH = 0 ")),
    _right("a long search before a map", ("MAX_ALLOC_SEARCH = 1 ", "MAX_ALLOC_SEARCH = 3 ")),
    _right(
        "one lock for all, waited for",
        (
            LOCK_BODY,
            """    while not heap.try_lock(heap.lanes[0]):
        pass
    return heap.lanes[0]
""",
        ),
        (SEARCH, SEARCH.replace("lock_next", "lock")),
    ),
    _right(
        "own lane waited for, no rotation",
        (
            LOCK_BODY,
            """    lane = heap.lanes[heap.thread_index]
    while True:
        if heap.try_lock(lane):
            return lane
""",
        ),
    ),
    _right(
        "two lanes waited for in the table's order",
        (
            FREE_BODY,
            """    for lane in heap.lanes:
        while not heap.try_lock(lane):
            pass
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    for lane in heap.lanes:
        heap.unlock(lane)
""",
        ),
    ),
    _right(
        "unlock in a finally",
        (
            FREE_BODY,
            """    lane = lock(heap)
    try:
        heap.store(addr, lane.frees[size_class])
        lane.frees[size_class] = addr
    finally:
        heap.unlock(lane)
""",
        ),
    ),
    _right(
        "slab mapped outside the lock, and looked at again",
        (
            MAP,
            """            heap.unlock(lane)
            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab == 0:
                return 0
            lane = lock(heap)
            if lane.next_addrs[size_class] % SLAB_LEN == 0:
                lane.next_addrs[size_class] = slab + slot_size(size_class)
                heap.unlock(lane)
                return slab
            heap.unlock(lane)
            heap.unmap(slab, SLAB_LEN)
            lane = lock(heap)
            search_count = 0
            continue
""",
        ),
    ),
    _right(
        "slots of a new slab linked, then published",
        (
            MAP,
            """            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab != 0:
                heap.store(slab + slot_size(size_class), 0)
                lane.frees[size_class] = slab + slot_size(size_class)
                lane.next_addrs[size_class] = slab + 2 * slot_size(size_class)
            heap.unlock(lane)
            return slab
""",
        ),
    ),
    _right(
        "stealing, one lock at a time",
        (
            SEARCH,
            """        heap.unlock(lane)
        lane = lock_next(heap)
        stolen = lane.frees[size_class]
        if stolen != 0:
            lane.frees[size_class] = 0
            heap.unlock(lane)
            lane = lock_next(heap)
            last = stolen
            while heap.load(last) != 0:
                last = heap.load(last)
            heap.store(last, lane.frees[size_class])
            lane.frees[size_class] = stolen
        search_count += 1
""",
        ),
    ),
    _right(
        "a blocking lock round everything",
        (CONSTANTS, SHARED + "mutex = Lock()\n" + CONSTANTS),
        (LOCK_BODY, "    mutex.acquire()\n    heap.try_lock(heap.lanes[0])\n    return heap.lanes[0]\n"),
        (POP, POP.replace(UNLOCK, UNLOCK + "            mutex.release()\n")),
        (BUMP, BUMP.replace(UNLOCK, UNLOCK + "            mutex.release()\n")),
        (MAP, MAP.replace(UNLOCK, UNLOCK + "            mutex.release()\n")),
        (FREE_BODY, FREE_BODY + "    mutex.release()\n"),
        (SEARCH, "        search_count += 1\n"),
    ),
    _right(
        "gives up on busy lanes, and maps",
        (
            LOCK_NEXT_BODY,
            """    index = heap.thread_index
    for _ in range(4 * len(heap.lanes)):
        index = (index + 1) % len(heap.lanes)
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane
    while not heap.try_lock(heap.lanes[0]):
        pass
    heap.set_thread_index(0)
    return heap.lanes[0]
""",
        ),
    ),
    _right(
        "a spin lock of its own",
        (CONSTANTS, SHARED + "the = Atomic(taken=0)\n" + CONSTANTS),
        (LOCK_BODY, SPIN),
        *_giving_back_by("the.taken = 0"),
    ),
    _right(
        "a count of blocks, by swapping",
        (CONSTANTS, SHARED + "the = Atomic(count=0)\n" + CONSTANTS),
        (
            ALLOC_TAKE,
            """    while True:
        count = the.count
        if the.compare_swap("count", count, count + 1):
            break
"""
            + ALLOC_TAKE,
        ),
    ),
]
