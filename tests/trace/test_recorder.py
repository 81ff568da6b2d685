"""What the recorder logs, told from calls of which every step is known, and that it leaves nothing behind."""

import random
import threading
import types

import numpy as np
import pytest

from refalloc import allocator
from refalloc.check import check_invariants
from refalloc.heap import Heap
from refalloc.trace import EVENT, PROLOGUE, EventLog, Kind, load, record, save
from refalloc.trim import trim_heap

ARENA_LEN = 1 << 24


def steps(log):
    """The events after the prologue, as (kind, ...what is not 0 or -1)."""
    return [event for event in log.recording().events if event["thread"] != PROLOGUE]


def kinds(log):
    return [Kind(event["kind"]).name for event in steps(log)]


@pytest.fixture
def heap():
    return Heap(lane_count=2, arena_len=ARENA_LEN)


def test_the_first_alloc_is_recorded_step_by_step(heap):
    log = EventLog()
    undo = record(heap, log)
    addr = allocator.alloc(heap, 24, 3)
    undo()
    look = ["READ_THREAD_INDEX", "TRY_LOCK", "READ_FREES", "READ_NEXT_ADDR", "UNLOCK"]
    again = ["READ_THREAD_INDEX", "TRY_LOCK", "SET_THREAD_INDEX", "READ_FREES", "READ_NEXT_ADDR"]
    took = ["MAP", "WRITE_NEXT_ADDR", "UNLOCK", "RETURN_ALLOC"]
    assert kinds(log) == ["CALL_ALLOC", *look, *again, *took]
    events = steps(log)
    call, mapped, wrote, returned = events[0], events[-4], events[-3], events[-1]
    assert (call["length"], call["align_log2"], call["size_class"]) == (24, 3, 2)
    assert (mapped["addr"], mapped["length"], mapped["align_log2"]) == (addr, allocator.SLAB_LEN, 16)
    assert (wrote["lane"], wrote["size_class"], wrote["value"]) == (1, 2, addr + 32)
    assert returned["addr"] == addr


def test_a_free_is_recorded_step_by_step(heap):
    addr = allocator.alloc(heap, 24, 3)
    log = EventLog()
    undo = record(heap, log)
    allocator.free(heap, addr, 24, 3)
    undo()
    assert kinds(log) == [
        "CALL_FREE",
        "READ_THREAD_INDEX",
        "TRY_LOCK",
        "READ_FREES",
        "STORE",
        "WRITE_FREES",
        "UNLOCK",
        "RETURN_FREE",
    ]
    store = steps(log)[4]
    assert (store["addr"], store["value"]) == (addr, 0)


def test_each_step_has_the_line_and_file_that_made_it(heap):
    log = EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 24, 3)
    undo()
    recording = log.recording()
    with open(allocator.__file__, encoding="utf-8") as source:
        lines = source.read().splitlines()
    wrote = recording.events[recording.events["kind"] == Kind.WRITE_NEXT_ADDR][0]
    assert recording.files[wrote["file"]] == allocator.__file__
    assert lines[wrote["line"] - 1].strip().startswith("lane.next_addrs[size_class] = ")
    call = recording.events[recording.events["kind"] == Kind.CALL_ALLOC][0]
    assert recording.files[call["file"]] == __file__


def test_large_blocks_resize_and_remap_are_recorded(heap):
    log = EventLog()
    undo = record(heap, log)
    addr = allocator.alloc(heap, 100_000, 3)
    assert allocator.resize(heap, addr, 100_000, 50_000, 3)
    moved = allocator.remap(heap, addr, 50_000, 200_000, 3)
    allocator.free(heap, moved, 200_000, 3)
    assert not allocator.resize(heap, addr, 8, 16, 3)
    undo()
    assert kinds(log) == [
        *["CALL_ALLOC", "MAP", "RETURN_ALLOC"],
        *["CALL_RESIZE", "REMAP", "RETURN_RESIZE"],
        *["CALL_REMAP", "REMAP", "RETURN_REMAP"],
        *["CALL_FREE", "UNMAP", "RETURN_FREE"],
        *["CALL_RESIZE", "RETURN_RESIZE"],
    ]
    events = steps(log)
    assert events[5]["value"] == 1
    assert (events[7]["addr"], events[7]["value"], events[8]["value"]) == (addr, moved, moved)
    assert (events[8]["length"], events[8]["new_length"]) == (50_000, 200_000)
    assert events[-1]["value"] == 0


def test_a_call_that_raises_ends_in_a_raise_event(heap):
    log = EventLog()
    undo = record(heap, log)
    with pytest.raises(Exception, match="no mapping starts there"):
        allocator.free(heap, heap.arena_addr, 100_000, 3)
    undo()
    assert kinds(log) == ["CALL_FREE", "RAISE"]


def test_undo_leaves_heap_and_text_as_they_were(heap):
    plain_alloc, plain_members, plain_class, plain_lanes = allocator.alloc, dict(vars(heap)), type(heap), heap.lanes
    undo = record(heap, EventLog())
    assert allocator.alloc is not plain_alloc
    undo()
    undo()
    assert allocator.alloc is plain_alloc
    assert type(heap) is plain_class
    assert heap.lanes is plain_lanes
    assert vars(heap) == plain_members


def test_two_heaps_are_recorded_apart_and_undone_in_any_order(heap):
    other = Heap(lane_count=1, arena_len=ARENA_LEN)
    plain_alloc = allocator.alloc
    log, other_log = EventLog(), EventLog()
    undo, undo_other = record(heap, log), record(other, other_log)
    allocator.alloc(heap, 8, 3)
    undo()
    allocator.alloc(heap, 8, 3)
    allocator.alloc(other, 8, 3)
    undo_other()
    assert kinds(log).count("CALL_ALLOC") == 1
    assert kinds(other_log).count("CALL_ALLOC") == 1
    assert allocator.alloc is plain_alloc
    allocator.alloc(other, 8, 3)
    assert kinds(other_log).count("CALL_ALLOC") == 1


def test_another_text_is_wrapped_where_it_is(heap):
    text = types.SimpleNamespace(alloc=lambda heap, length, align_log2: heap.map(length, align_log2))
    log = EventLog()
    undo = record(heap, log, text=text)
    addr = text.alloc(heap, 10, 3)
    undo()
    assert kinds(log) == ["CALL_ALLOC", "MAP", "RETURN_ALLOC"]
    assert steps(log)[-1]["addr"] == addr


def test_the_prologue_says_what_lay_on_the_heap(heap):
    blocks = [allocator.alloc(heap, 24, 3) for _ in range(4)]
    for addr in blocks[:3]:
        allocator.free(heap, addr, 24, 3)
    log = EventLog()
    record(heap, log)()
    events = log.recording().events
    assert (events["thread"] == PROLOGUE).all()
    assert events[0]["kind"] == Kind.HEAP
    assert (events[0]["value"], events[0]["length"]) == (2, allocator.SLAB_LEN)
    links = events[events["kind"] == Kind.STORE]
    assert list(zip(links["addr"].tolist(), links["value"].tolist(), strict=True)) == [
        (blocks[2], blocks[1]),
        (blocks[1], blocks[0]),
        (blocks[0], 0),
    ]


def test_trim_on_a_recorded_heap_still_trims(heap):
    addr = allocator.alloc(heap, 24, 3)
    log = EventLog()
    undo = record(heap, log)
    allocator.free(heap, addr, 24, 3)
    assert trim_heap(heap) == allocator.SLAB_LEN
    undo()
    assert "UNMAP" in kinds(log)
    check_invariants(heap, [])


def test_real_threads_get_numbers_and_an_order_that_locks_allow(heap):
    log = EventLog()
    undo = record(heap, log)
    thread_count = 4
    start = threading.Barrier(thread_count)

    def work(seed):
        random_ = random.Random(seed)
        start.wait()
        live = []
        for _ in range(200):
            if live and random_.random() < 0.5:
                allocator.free(heap, live.pop(), 24, 3)
            else:
                live.append(allocator.alloc(heap, 24, 3))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(thread_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    undo()
    events = steps(log)
    assert {int(event["thread"]) for event in events} == set(range(thread_count))
    holder: dict[int, int | None] = {0: None, 1: None}
    for event in events:
        lane, thread_number = int(event["lane"]), int(event["thread"])
        if event["kind"] == Kind.TRY_LOCK:
            assert bool(event["value"]) == (holder[lane] is None)
            if event["value"]:
                holder[lane] = thread_number
        elif event["kind"] in (Kind.READ_FREES, Kind.WRITE_FREES, Kind.READ_NEXT_ADDR, Kind.WRITE_NEXT_ADDR):
            assert holder[lane] == thread_number
        elif event["kind"] == Kind.UNLOCK:
            assert holder[lane] == thread_number
            holder[lane] = None


def test_a_thread_that_starts_after_another_ended_gets_a_number_of_its_own(heap):
    log = EventLog()
    undo = record(heap, log)
    for _ in range(3):
        thread = threading.Thread(target=allocator.alloc, args=(heap, 8, 3))
        thread.start()
        thread.join()
    undo()
    assert {int(event["thread"]) for event in steps(log)} == {0, 1, 2}


def test_a_recording_is_saved_and_loaded(heap, tmp_path):
    log = EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 24, 3)
    undo()
    log.name_index("made")
    recording = log.recording()
    save(tmp_path / "events.npz", recording)
    loaded = load(tmp_path / "events.npz")
    assert (loaded.events == recording.events).all()
    assert (loaded.files, loaded.names) == (recording.files, ("made",))


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", op=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz: not a recording of heap events"):
        load(tmp_path / "other.npz")


def test_a_field_without_room_is_refused_by_name():
    with pytest.raises(ValueError, match="STORE by thread 1 at line 7 cannot be recorded: addr=-8"):
        EventLog().add(Kind.STORE, 1, addr=-8, line=7)


def test_the_packed_form_is_the_dtype():
    log = EventLog()
    log.add(Kind.REMAP, 3, 1, 2, 4, 5, 6, 7, 8, 9, "a")
    event = log.recording().events[0]
    expected = {
        "addr": 1,
        "value": 2,
        "lane": 4,
        "size_class": 5,
        "length": 6,
        "new_length": 7,
        "align_log2": 8,
        "line": 9,
        "number": 0,
        "thread": 3,
        "kind": Kind.REMAP,
        "file": 0,
    }
    assert EVENT.itemsize == 48
    assert {name: int(event[name]) for name in EVENT.names} == expected
