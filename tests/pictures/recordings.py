"""Recordings for the tests of pictures: of a real heap, with collisions, large blocks, resizes and a fault."""

import contextlib
import random

import numpy as np

from refalloc import allocator
from refalloc.arena import MemoryFault
from refalloc.heap import Heap
from refalloc.trace import PROLOGUE, EventLog, record
from refalloc.trim import trim_heap

LENGTHS = (1, 8, 24, 100, 700, 5000, 30_000, 32_768, 70_000, 200_000)


def random_recording(seed, calls=300, lane_count=3, used_before=40):
    """A Recording of `calls` random calls on a heap that `used_before` calls had used before recording began."""
    random_ = random.Random(seed)
    heap = Heap(lane_count, arena_len=1 << 26)
    live: dict[int, int] = {}
    for _ in range(used_before):
        live[allocator.alloc(heap, 24, 3)] = 24
    for addr in list(live)[::3]:
        allocator.free(heap, addr, live.pop(addr), 3)
    thread = 0
    log = EventLog()
    undo = record(heap, log, thread_number=lambda: thread)
    for call in range(calls):
        thread = random_.randrange(4)
        held = heap.lanes[random_.randrange(lane_count)] if random_.random() < 0.1 else None
        if held is not None:  # by thread 9, so that others collide with it
            thread, other = 9, thread
            assert heap.try_lock(held)
            thread = other
        one_call(heap, live, random_)
        if held is not None:
            thread = 9
            heap.unlock(held)
        if call == calls // 2:
            trim_heap(heap)
    with contextlib.suppress(MemoryFault):
        allocator.free(heap, heap.arena_addr + heap.arena_len, 64, 3)  # outside the heap: raises, with the lane locked
    undo()
    return log.recording()


def million_events():
    """A Recording of a million events: the steps of 3,000 calls, again and again."""
    recording = random_recording(3, calls=3000)
    steps = recording.events[recording.events["thread"] != PROLOGUE]
    events = np.concatenate([recording.events, *[steps] * (1_000_000 // len(steps) + 1)])[:1_000_000]
    events["number"] = np.arange(len(events))
    return recording._replace(events=events)


def one_call(heap, live, random_):
    choice = random_.random()
    if live and choice < 0.35:
        addr = random_.choice(list(live))
        allocator.free(heap, addr, live.pop(addr), 3)
    elif live and choice < 0.5:
        addr = random_.choice(list(live))
        new_length = random_.choice(LENGTHS)
        if choice < 0.4:
            if allocator.resize(heap, addr, live[addr], new_length, 3):
                live[addr] = new_length
        else:
            new_addr = allocator.remap(heap, addr, live[addr], new_length, 3)
            if new_addr != 0:
                del live[addr]
                live[new_addr] = new_length
    else:
        length = random_.choice(LENGTHS)
        live[allocator.alloc(heap, length, 3)] = length
