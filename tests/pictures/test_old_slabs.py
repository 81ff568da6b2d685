"""Slabs that were used up before recording began are shown with their class."""

import numpy as np

from refalloc import allocator
from refalloc.heap import Heap
from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.old_slabs import with_old_slabs
from refalloc.trace import EventLog, Kind, record
from refalloc.trim import trim_heap


def used_heap():
    """A heap with three slabs of class 12 and two of class 11, one free slot in each but the last of each class."""
    heap = Heap(lane_count=2, arena_len=1 << 24)
    large = [allocator.alloc(heap, 32768, 3) for _ in range(6)]
    small = [allocator.alloc(heap, 16384, 3) for _ in range(8)]
    for addr in (large[0], large[2]):
        allocator.free(heap, addr, 32768, 3)
    allocator.free(heap, small[0], 16384, 3)
    return heap, large, small


def shown(picture):
    return {row[0]: (row[1], row[5], row[6]) for row in picture.moment().slab_table().rows}


def test_free_slots_tell_the_class_of_their_slab():
    heap, large, small = used_heap()
    picture = MemoryMap(heap)
    base = min(large + small)
    numbers = {str((addr - base) // allocator.SLAB_LEN) for addr in (large[0], large[2], small[0])}
    found = shown(picture)
    assert numbers <= {*found}
    assert sorted(found[number] for number in numbers) == [("11", "1", "3"), ("12", "1", "1"), ("12", "1", "1")]


def test_a_block_that_is_freed_later_tells_it_from_the_beginning():
    heap, large, _ = used_heap()
    log = EventLog()
    undo = record(heap, log)
    allocator.free(heap, large[1], 32768, 3)
    undo()
    first_call = int(np.argmax(log.recording().events["kind"] == Kind.CALL_FREE))
    picture = MemoryMap(log.recording(), event=first_call)
    number = str((large[1] - min(large)) // allocator.SLAB_LEN)
    assert shown(picture)[number][0] == "12"


def test_lanes_are_as_they_were():
    heap, _, _ = used_heap()
    log = EventLog()
    record(heap, log)()
    before, after = (MemoryMap(source).moment().state.lanes for source in (log.recording(), heap))
    assert before == after
    for lane, told in zip(heap.lanes, after, strict=True):
        assert (lane.next_addrs[:13], lane.frees[:13]) == (told.next_addrs, told.frees)


def test_a_fresh_heap_gets_nothing_added():
    heap, log = Heap(lane_count=1, arena_len=1 << 24), EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 8, 3)
    undo()
    recording = log.recording()
    assert with_old_slabs(recording) is recording


def test_what_comes_to_lie_there_later_tells_nothing():
    heap = Heap(lane_count=1, arena_len=1 << 24)
    block = allocator.alloc(heap, 32768, 3)
    other = allocator.alloc(heap, 32768, 3)
    for addr in (block, other):
        allocator.free(heap, addr, 32768, 3)
    log = EventLog()
    heap.lanes[0].frees[12] = 0  # lost, so that nothing tells the slab's class
    heap.lanes[0].next_addrs[12] = 0
    undo = record(heap, log)
    heap.unmap(block, allocator.SLAB_LEN)
    assert allocator.alloc(heap, 8, 3) == block
    trim_heap(heap)
    undo()
    recording = log.recording()
    assert with_old_slabs(recording) is recording
