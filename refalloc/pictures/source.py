"""Anything that a picture can be made of, as a recording."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np

from refalloc import allocator
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap
from refalloc.schedule import Exploration, Replay, Stepper
from refalloc.trace import PROLOGUE, EventLog, Kind, Recording, record
from refalloc.trace.packed import ALLOC, load_trace

TRACE_CALLS = 12_000  # of a packed trace, unless more are asked for: about 100,000 events, made in a second
LOCK_SECONDS = 0.2  # for all lanes, before a snapshot is taken although some stay locked
LOCK_WAIT_SECONDS = 0.0001  # between two tries: in a sleep, the thread that holds a lane can run


def recording_of(source, calls=TRACE_CALLS):
    """(Recording, what it is: str) of a Recording, an array of EVENT, a heap, an allocator, or a packed trace's name.

    What the explorer gives is taken too: an Exploration's failure, a Replay, a Stepper as far as it has come.

    Args:    source: those; calls: int, of a trace: how many of its calls are made, None for all.
    Raises:  TypeError; ValueError for an Exploration without failure; TraceError for a name that is none; MemoryError.
    """
    if isinstance(source, Recording):
        return source, "a recording"
    if isinstance(source, np.ndarray):
        return Recording(source), "a recording"
    if isinstance(source, (Exploration, Replay, Stepper)):
        run = source.failure if isinstance(source, Exploration) else source
        if run is None:
            raise ValueError("this exploration found no failure, so there is nothing to draw")
        return run.recording, "a schedule"
    if isinstance(source, str):
        return _replayed(source, calls)
    if isinstance(source, CheckedAllocator):
        return snapshot(source.heap, source.live_blocks()), "the heap now"
    if all(hasattr(source, member) for member in ("lanes", "try_lock", "unlock", "load", "mappings")):
        return snapshot(source), "the heap now"
    raise TypeError(
        f"no picture of {type(source).__name__}; expected a recording (EventLog.recording()), a heap, an allocator, "
        "or the name of a packed trace"
    )


def snapshot(heap, live=()):
    """A heap as it stands, as a Recording that has only its prologue.

    Lanes are held meanwhile, so that nothing moves; a lane that stays locked is drawn as it is, and as locked.

    Args:    heap: any heap with `mappings()`; live: iterable of (addr, length, align_log2) of live blocks, if known.
    Locks:   all lanes that can be had; none on return.
    """
    log = EventLog()
    deadline = time.monotonic() + LOCK_SECONDS
    held = [lane for lane in heap.lanes if _lock(heap, lane, deadline)]
    try:
        record(heap, log)()  # the prologue alone
        blocks = list(live)
    finally:
        for lane in held:
            heap.unlock(lane)
    for index, lane in enumerate(heap.lanes):
        if lane not in held:
            log.add(Kind.TRY_LOCK, PROLOGUE, lane=index, value=1)
    for addr, length, align_log2 in blocks:
        size_class = allocator.size_class_index(length, align_log2)
        fields = {"addr": addr, "length": length, "align_log2": align_log2, "size_class": size_class}
        log.add(Kind.RETURN_ALLOC, PROLOGUE, **fields)
    events = log.recording().events
    # Other threads may have tried a lane meanwhile, and been logged.
    events = events[events["thread"] == PROLOGUE].copy()
    events["number"] = np.arange(len(events))
    return Recording(events)


def _lock(heap, lane, deadline):
    """Whether `lane` could be taken before the deadline, a time of time.monotonic()."""
    while not heap.try_lock(lane):
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOCK_WAIT_SECONDS)
    return True


def _replayed(name, calls):
    """The first `calls` calls of a packed trace, made on a new heap and recorded."""
    trace = load_trace(name)
    rows = trace.rows()[:calls]
    heap, log = Heap(lane_count=max(2, len(set(trace.thread.tolist())))), EventLog()
    numbers = threading.local()
    undo = record(heap, log, thread_number=lambda: numbers.thread)
    where = {}

    def call(op, thread, block, size, align_log2):
        numbers.thread = thread
        if op == ALLOC:
            where[block] = allocator.alloc(heap, size, align_log2), size, align_log2
        else:
            allocator.free(heap, *where.pop(block))

    try:
        with ExitStack() as stack:
            # A thread_index belongs to a real thread, so each thread of the trace is one.
            threads = {row[1]: stack.enter_context(ThreadPoolExecutor(1)) for row in rows}
            if len(threads) == 1:
                for row in rows:
                    call(*row)
            else:
                for row in rows:
                    threads[row[1]].submit(call, *row).result()
    finally:
        undo()
    of_all = "" if len(rows) == len(trace) else f"the first {len(rows):,} of "
    return log.recording(), f"{name}, {of_all}{len(trace):,} calls"
