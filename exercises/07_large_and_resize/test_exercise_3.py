"""Checks of exercise 07.3: on short records, and on one of a real program with a wrong free put in."""

import functools
import random

import pytest

from refalloc import allocator
from refalloc.course.drawing import bars
from refalloc.course.expect import require
from refalloc.heap import Heap
from refalloc.trace.packed import ALLOC, load_trace

POWERS = [8 << power for power in range(13)]
EVENT_COUNT = 3000


def given_len(length, slots, page_len):
    return next((slot for slot in slots if slot >= length), -(-length // page_len) * page_len)


@functools.cache
def program_calls():
    """The first calls of perl, as they went on the allocator of this package; addresses count from the arena."""
    heap = Heap(lane_count=1, arena_len=1 << 28)
    trace = load_trace("perl")
    calls, live = [], {}
    for op, block, size in zip(trace.op[:EVENT_COUNT], trace.block, trace.size, strict=False):
        block, size = int(block), int(size)
        if op == ALLOC:
            addr = allocator.alloc(heap, size, 3)
            live[block] = addr, size
            calls.append(["alloc", addr - heap.arena_addr, size])
        elif block in live:
            addr, size = live.pop(block)
            allocator.free(heap, addr, size, 3)
            calls.append(["free", addr - heap.arena_addr, size])
    return calls


def short_records():
    """(calls, what it should give, a sentence for who gives something else), in slots of 64 and 128 bytes."""
    a, b = ["alloc", 4096, 64], ["alloc", 8192, 100]
    yield [a], -1, "Nothing was freed."
    yield [a, ["free", 4096, 64]], -1, "That free is in order."
    yield [a, ["free", 4096, 65]], 1, "A block of 65 bytes would have a slot of 128."
    yield [a, ["free", 4096, 10]], -1, "The length is wrong, but leads to the same slot: no harm is done."
    yield [b, ["free", 8192, 128]], -1, "The length is wrong, but leads to the same slot: no harm is done."
    yield [b, ["free", 8192, 64]], 1, "A block of 100 bytes is not kept with those of 64."
    yield [a, b, ["free", 4096, 64], ["free", 4096, 64]], 3, "That block was free already."
    yield [a, ["free", 4160, 64]], 1, "No block starts there."
    yield [a, ["free", 4096, 64], a, ["free", 4096, 64]], -1, "The slot was handed out again in between."
    yield [a, ["free", 4096, 64], ["alloc", 4096, 50], ["free", 4096, 128]], 3, "The block there now has 50 bytes."
    yield [["alloc", 4096, 5000], ["free", 4096, 8192]], -1, "Both lengths take two pages: no harm is done."
    yield [["alloc", 4096, 5000], ["free", 4096, 4096]], 1, "It has two pages, and is freed as one."
    yield [["alloc", 4096, 5000], ["free", 4096, 9000]], 1, "It has two pages, and is freed as three."
    yield [["alloc", 4096, 200], ["free", 4096, 100]], 1, "It is large, and is freed as small."
    yield [b, ["free", 8192, 200]], 1, "It is small, and is freed as large."
    yield [a, b, ["free", 4096, 1], ["free", 8192, 1], ["free", 4096, 1]], 3, "Give the first that does harm."


def drawn(calls, place, slots, page_len):
    """What each live block has, and what the free at that place, or at the end, gives back."""
    what, addr, told = calls[place]
    live = {}
    for call, start, length in calls[:place]:
        live.pop(start, None)
        if call == "alloc":
            live[start] = length
    if what == "alloc":
        return []
    rows = [(f"block of {length}", start, start + given_len(length, slots, page_len)) for start, length in live.items()]
    return bars([*rows, (f"freed as {told}", addr, addr + given_len(told, slots, page_len))])


@pytest.mark.points(1)
def test_short_records(student, edition):
    slots, page_len = edition("slots", [64, 128]), 4096
    for calls, want, sentence in short_records():
        got = student.first_harm(calls, slots, page_len)
        traps = {"Give its place in the list, not what it was told.": calls[want][1], sentence: got}
        picture = functools.partial(drawn, calls, want, slots, page_len)
        call = f"first_harm({calls}, slots={slots}, page_len={page_len})"
        require(f"{call} gave", got, want, traps=traps, picture=picture)


@pytest.mark.points(1)
def test_a_wrong_free_in_the_record_of_a_program(student, edition):
    calls = program_calls()
    require("On the first calls of perl, which are in order, it gave", student.first_harm(calls, POWERS, 4096), -1)
    draw = random.Random(edition.seed)
    frees = [place for place, call in enumerate(calls) if call[0] == "free"]
    for victim in sorted(draw.sample(frees, 5)):
        _, addr, length = calls[victim]
        for told in (length + 1, 2 * length, max(length // 2, 1), length + 40000):
            want = victim if given_len(told, POWERS, 4096) != given_len(length, POWERS, 4096) else -1
            record = [*calls[:victim], ["free", addr, told], *calls[victim + 1 :]]
            story = f"Among {len(calls)} calls of perl, call {victim} frees a block of {length} bytes as one of {told}"
            require(f"{story}. It gave", student.first_harm(record, POWERS, 4096), want)
