"""States from events, held against the heap itself, which is the oracle, after every call."""

import random

import numpy as np
import pytest

from refalloc import allocator
from refalloc.heap import Heap
from refalloc.trace import EventLog, Kind, State, Timeline, record, state_at
from refalloc.trace.state import FREE, FRESH, HELD, LIVE
from refalloc.trim import free_slots, trim_heap

CLASSES = range(allocator.SIZE_CLASS_COUNT)


def snapshot(heap, live):
    """What the oracle says: (frees and next_addrs of each lane, free lists, mappings, live blocks)."""
    return (
        [([lane.frees[c] for c in CLASSES], [lane.next_addrs[c] for c in CLASSES]) for lane in heap.lanes],
        [[list(free_slots(heap, lane, c)) for c in CLASSES] for lane in heap.lanes],
        [addr for addr, _ in heap.mappings()],
        sorted(live.items()),
    )


def as_snapshot(state):
    return (
        [(lane.frees, lane.next_addrs) for lane in state.lanes],
        [[state.free_list(index, c) for c in CLASSES] for index in range(len(state.lanes))],
        sorted(state.mappings),
        sorted((block.addr, block.length) for block in state.live.values()),
    )


@pytest.fixture(scope="module")
def run():
    """A recording with every kind of call, and the oracle's word after each: ([(event, snapshot)], events)."""
    heap = Heap(lane_count=3, arena_len=1 << 26)
    plain_lanes = heap.lanes
    log = EventLog()
    undo = record(heap, log)
    random_ = random.Random(7)
    live: dict[int, int] = {}
    oracle = []
    for call in range(1500):
        choice = random_.random()
        if live and choice < 0.4:
            addr = random_.choice(list(live))
            allocator.free(heap, addr, live.pop(addr), 3)
        elif live and choice < 0.5:
            addr = random_.choice(list(live))
            new_length = random_.choice([20, 3000, 90_000, 200_000])
            new_addr = allocator.remap(heap, addr, live[addr], new_length, 3)
            if new_addr != 0:
                del live[addr]
                live[new_addr] = new_length
        else:
            length = random_.choice([1, 8, 24, 100, 5000, 30_000, 70_000])
            live[allocator.alloc(heap, length, 3)] = length
        if call % 10 == 0:
            undo()  # looking at the heap is not to be recorded
            oracle.append((len(log) - 1, snapshot(heap, live)))
            undo = _go_on(heap, log)
        heap.set_thread_index(random_.randrange(3))
    undo()
    assert heap.lanes is plain_lanes
    return oracle, log.recording().events


def _go_on(heap, log):
    """Record on into `log`; a second prologue would start the state anew, so it goes to a log of its own."""
    prologue = EventLog()
    undo = record(heap, prologue)
    prologue.add = log.add
    return undo


def test_states_agree_with_the_heap_after_every_tenth_call(run):
    oracle, events = run
    for number, expected in oracle:
        state = state_at(events, number)
        assert state.number == number
        assert as_snapshot(state) == expected


def test_keyframes_change_nothing(run):
    _, events = run
    plain, keyed = Timeline(events, interval=len(events) + 1), Timeline(events, interval=37)
    for n in random.Random(3).sample(range(len(events)), 60):
        assert keyed.state_at(n) == plain.state_at(n)


def test_no_moment_is_further_than_one_interval_from_a_keyframe(run, monkeypatch):
    _, events = run
    timeline = Timeline(events, interval=100)
    taken = []
    plain = State.take_in
    monkeypatch.setattr(State, "take_in", lambda state, event: (taken.append(1), plain(state, event)))
    for n in (0, 98, 99, 100, 101, len(events) // 2, len(events) - 1):
        taken.clear()
        timeline.state_at(n)
        assert len(taken) <= 100


def test_a_state_is_the_callers_own(run):
    _, events = run
    state = state_at(events, 500)
    again = state.copy()
    state.live.clear()
    state.lanes[0].frees[0] = 99
    assert state_at(events, 500) == again


def test_every_slot_of_every_slab_is_what_the_oracle_says(run):
    oracle, events = run
    number, (lanes, lists, _, live) = oracle[-1]
    state = state_at(events, number)
    lengths = dict(live)
    lane_of = {addr: index for index, by_class in enumerate(lists) for slots in by_class for addr in slots}
    seen_live = set()
    assert len(state.slabs()) > 5
    for slab in state.slabs():
        for slot in state.slots(slab.addr):
            addr = int(slot["addr"])
            if slot["status"] == FREE:
                assert lane_of.pop(addr) == slot["lane"]
                assert slot["next_addr"] == state.words[addr]
            elif slot["status"] == LIVE:
                assert slot["length"] == lengths[addr]
                seen_live.add(addr)
            else:
                assert slot["status"] == FRESH  # at rest none is held
                assert any(next_addrs[slab.size_class] <= addr for _, next_addrs in lanes)
    assert not lane_of
    assert seen_live | {block.addr for block in state.large()} == set(lengths)


def test_a_slot_between_pop_and_return_is_held():
    heap = Heap(lane_count=1, arena_len=1 << 24)
    addr = allocator.alloc(heap, 32, 3)
    allocator.free(heap, addr, 32, 3)
    log = EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 32, 3)
    undo()
    events = log.recording().events
    popped = int(np.flatnonzero(events["kind"] == Kind.WRITE_FREES)[-1])
    statuses = [
        int(state_at(events, n).slots(addr)["status"][0]) for n in (popped - 1, popped, popped + 1, len(events) - 1)
    ]
    assert statuses == [FREE, HELD, HELD, LIVE]
    assert state_at(events, popped).lanes[0].locked_by == 0
    assert state_at(events, popped).calls.keys() == {0}
    assert not state_at(events, len(events) - 1).calls


def test_a_slab_is_known_when_its_last_slot_is_handed_out():
    heap = Heap(lane_count=1, arena_len=1 << 24)
    log = EventLog()
    undo = record(heap, log)
    blocks = [allocator.alloc(heap, 32768, 3) for _ in range(4)]
    undo()
    events = log.recording().events
    state = state_at(events, len(events) - 1)
    assert [slab.addr for slab in state.slabs()] == sorted({addr - addr % allocator.SLAB_LEN for addr in blocks})
    for slab in state.slabs():
        assert state.slots(slab.addr)["status"].tolist() == [LIVE, LIVE]


def test_trimmed_slabs_are_gone():
    heap = Heap(lane_count=2, arena_len=1 << 24)
    log = EventLog()
    undo = record(heap, log)
    allocator.free(heap, allocator.alloc(heap, 8, 3), 8, 3)
    trim_heap(heap)
    undo()
    events = log.recording().events
    assert not state_at(events, len(events) - 1).mappings


def test_events_that_are_not_there_are_refused(run):
    _, events = run
    assert not state_at(events, -1).lanes
    for n in (-2, len(events)):
        with pytest.raises(IndexError, match=f"no event {n}; the recording has events 0 to {len(events) - 1}"):
            state_at(events, n)


def test_a_mapping_that_is_no_slab_has_no_slots():
    heap = Heap(lane_count=1, arena_len=1 << 24)
    log = EventLog()
    undo = record(heap, log)
    addr = allocator.alloc(heap, 100_000, 3)
    undo()
    events = log.recording().events
    state = state_at(events, len(events) - 1)
    assert [block.addr for block in state.large()] == [addr]
    with pytest.raises(KeyError, match="not known to be a slab"):
        state.slots(addr)
