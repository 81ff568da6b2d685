"""The browser's account of a moment and Python's are one: each is written on its own, and both are compared here."""

import dataclasses
import json
import math
import random
import subprocess
from pathlib import Path

import pytest
from recordings import random_recording

from refalloc import allocator
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap
from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.old_slabs import with_old_slabs, with_slab_classes
from refalloc.pictures.packing import pack
from refalloc.pictures.story import Moment, marks
from refalloc.schedule import Stepper
from refalloc.trace import EventLog, Kind, Recording, record

STATIC_TESTS = Path(__file__).parent / "static"


def told_by_javascript(node, tmp_path, recording, moments):
    packed = tmp_path / "recording"
    packed.write_bytes(pack(recording.events))
    asked = json.dumps({"moments": moments, "names": recording.names})
    done = subprocess.run(
        [node, "--no-warnings", STATIC_TESTS / "tell.js", packed],
        input=asked,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told_by_python(recording, n, lane, size_class):
    moment = Moment(recording, n)
    return {
        "step": moment.step(),
        "subject": moment.place(moment.subject()),
        "subjectList": list(moment.subject_list()),
        "heading": moment.heading() if n >= 0 else "",
        "why": moment.why(),
        "summary": moment.summary() if n >= 0 else "",
        "slabs": dataclasses.asdict(moment.slab_table()),
        "list": dataclasses.asdict(moment.list_table(lane, size_class)) if n >= 0 else None,
        "lanes": dataclasses.asdict(moment.lane_table(size_class)) if n >= 0 else None,
        "fields": dataclasses.asdict(moment.field_table()),
        "large": dataclasses.asdict(moment.large_table()),
        "slots": [
            [moment.slot(s, i) for i in range(0, len(slots), math.ceil(len(slots) / 40))]
            for s, slots in enumerate(moment.slots)
        ],
    }


@pytest.mark.parametrize("seed", range(4))
def test_python_and_javascript_say_the_same_of_any_moment(node, tmp_path, seed):
    recording = with_slab_classes(with_old_slabs(random_recording(seed)))
    random_ = random.Random(seed)
    events = recording.events
    # In an order that goes forward and back, so that going back is held against Python too.
    numbers = [-1, 0, 5, len(events) - 1, *random_.sample(range(len(events)), 60)]
    numbers += [int(n) for n in random_.sample(list((events["kind"] == Kind.RETURN_ALLOC).nonzero()[0]), 20)]
    moments = [(n, random_.randrange(3), random_.randrange(13) if n % 2 else 2) for n in numbers]
    told = told_by_javascript(node, tmp_path, recording, moments)
    for moment, by_javascript in zip(moments, told["told"], strict=True):
        assert by_javascript == told_by_python(recording, *moment), f"moment {moment} of seed {seed}"
    assert told["marks"] == [list(mark) for mark in marks(events)]
    assert {kind for _, kind in marks(events)} == {0, 1, 2, 3}


def prepared_run():
    """A Stepper whose heap was prepared, ended."""

    def prepare(thread):
        freed, kept = thread.alloc(24), thread.alloc(24)
        thread.alloc(100_000)
        thread.free(freed)
        return kept

    stepper = Stepper([lambda thread: thread.free(thread.prepared), lambda thread: thread.alloc(24)], prepare=prepare)
    while stepper.choices:
        stepper.step(stepper.choices[-1])
    return stepper


def used_allocator():
    allocator_ = CheckedAllocator(Heap(lane_count=2, arena_len=1 << 24))
    blocks = [allocator_.alloc(length) for length in (24, 24, 1, 100_000)]
    allocator_.free(blocks[1], 24)
    assert allocator_.heap.try_lock(allocator_.heap.lanes[1])
    return allocator_


@pytest.mark.parametrize("make", [prepared_run, used_allocator])
def test_what_no_thread_did_is_told_without_a_thread(node, tmp_path, make):
    recording = MemoryMap(make()).recording
    moments = [(n, 0, 2) for n in range(len(recording.events))]
    told = told_by_javascript(node, tmp_path, recording, moments)["told"]
    for moment, by_javascript in zip(moments, told, strict=True):
        assert by_javascript == told_by_python(recording, *moment), f"moment {moment}"
    assert "65535" not in json.dumps(told)
    assert ("Prepare calls alloc(24)" in json.dumps(told)) == (make is prepared_run)
    assert any("When recording began" in moment["step"] for moment in told) == (make is used_allocator)


def test_slabs_far_apart_have_small_numbers_in_both(node, tmp_path):
    def alloc(*lengths):
        return lambda thread: [thread.alloc(length) for length in lengths]

    # Each thread maps in a range of addresses of its own, 4 GiB long.
    stepper = Stepper([alloc(100, 700), alloc(5000)], prepare=alloc(24, 100_000))
    while stepper.choices:
        stepper.step(stepper.choices[0])
    picture = MemoryMap(stepper)
    recording, last = picture.recording, len(picture.recording.events) - 1
    told = told_by_javascript(node, tmp_path, recording, [(n, 0, 4) for n in range(last + 1)])["told"]
    for n, by_javascript in enumerate(told):
        assert by_javascript == told_by_python(recording, n, 0, 4), f"event {n}"
    assert [row[:2] for row in told[last]["slabs"]["rows"]] == [["0", "2"], ["3", "4"], ["4", "7"], ["5", "10"]]
    assert [row[0] for row in told[last]["large"]["rows"]] == ["heap + 0x11000"]
    picture.event = int((recording.events["kind"] == Kind.RETURN_ALLOC).nonzero()[0][-1])
    assert "Thread 1 gets slab 5 + 0x0 from alloc(5000)" in picture.text()
    assert "slab 65536" not in json.dumps(told)


def test_one_of_a_kind_is_told_in_the_singular():
    heap, log = Heap(lane_count=1, arena_len=1 << 24), EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 1, 3)
    undo()
    moment = Moment(log.recording(), len(log) - 1)
    assert (
        "1 slab, 1 live block of 1 byte asked for in 8 given, 0 free slots, 0 large maps, 1 lane." in moment.summary()
    )
    assert moment.why().startswith("1 byte at an alignment of 8 needs a slot of class 0, 8 bytes.")


def test_a_slab_is_there_from_the_event_that_maps_it():
    heap, log = Heap(lane_count=1, arena_len=1 << 24), EventLog()
    undo = record(heap, log)
    allocator.alloc(heap, 100, 3)
    undo()
    recording = with_slab_classes(log.recording())
    mapped = int((recording.events["kind"] == Kind.MAP).argmax())
    assert Moment(recording, mapped - 1).slab_table().rows == []
    assert Moment(recording, mapped).slab_table().rows == [["0", "4", "128", "0", "0", "0", "0", "512", "none yet"]]
    assert Moment(recording, mapped).step() == "Thread 0 maps 65,536 bytes at slab 0 + 0x0."


def test_a_next_addr_between_two_slabs_is_the_end_of_the_first(node, tmp_path):
    heap, log = Heap(lane_count=2, arena_len=1 << 24), EventLog()
    undo = record(heap, log)
    for index in (0, 0, 1):  # lane 0 uses up the first slab, lane 1 gets the one that follows
        heap.set_thread_index(index)
        held = None if index == 0 else heap.lanes[0]
        assert held is None or heap.try_lock(held)
        allocator.alloc(heap, 32768, 3)
    undo()
    recording, last = log.recording(), len(log) - 1
    moment = Moment(recording, last)
    assert [row[-1] for row in moment.slab_table().rows] == ["used up", "0x8000, lane 1"]
    assert [(row[3], row[7]) for row in moment.slab_table().rows] == [("2", "0"), ("1", "1")], "live, never handed out"
    told = told_by_javascript(node, tmp_path, recording, [(last, 0, 12)])["told"]
    assert told == [told_by_python(recording, last, 0, 12)]


def test_a_list_that_comes_back_to_itself_ends_in_both(node, tmp_path):
    heap = Heap(lane_count=1, arena_len=1 << 24)
    log = EventLog()
    undo = record(heap, log)
    first, second = allocator.alloc(heap, 64, 3), allocator.alloc(heap, 64, 3)
    for addr in (first, second, first):
        allocator.free(heap, addr, 64, 3)
    undo()
    recording = log.recording()
    last = len(recording.events) - 1
    told = told_by_javascript(node, tmp_path, recording, [(last, 0, 3)])["told"][0]
    assert told == told_by_python(recording, last, 0, 3)
    assert [row[1] for row in told["list"]["rows"]] == ["slab 0 + 0x0", "slab 0 + 0x40"]


def test_the_way_of_an_alloc_is_told():
    heap = Heap(lane_count=2, arena_len=1 << 24)
    log = EventLog()
    undo = record(heap, log)
    freed = allocator.alloc(heap, 100, 3)
    allocator.alloc(heap, 100, 3)
    allocator.free(heap, freed, 100, 3)
    assert allocator.alloc(heap, 90, 3) == freed
    allocator.alloc(heap, 100_000, 3)
    undo()
    recording = log.recording()
    returns = (recording.events["kind"] == Kind.RETURN_ALLOC).nonzero()[0]
    ways = [Moment(recording, int(n)).why() for n in returns]
    assert "a slab was mapped, and this is its first slot" in ways[0]
    assert "Lane 0 had no slot of this class, so the thread looked into lane 1 too." in ways[0]
    assert "The free list of lane 1 was empty, so the slot at its next_addr was handed out" in ways[1]
    assert "The free list of lane 1 began with this slot" in ways[2]
    assert "the system mapped pages for this block alone" in ways[3]


def test_shared_variables_are_told_by_name():
    log = EventLog()
    log.add(Kind.HEAP, 0xFFFF, value=1, length=65536)
    log.add(Kind.READ_SHARED, 2, addr=log.name_index("total"), value=7)
    log.add(Kind.SWAP_SHARED, 2, addr=log.name_index("total"), value=0)
    recording: Recording = log.recording()
    assert Moment(recording, 1).step() == "Thread 2 reads total: 7."
    assert Moment(recording, 2).step() == "Thread 2 compares and swaps total: refused, it had changed."
