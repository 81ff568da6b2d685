"""MemoryMap in Python: what it can be made of, and what stands for it where no script runs."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from recordings import random_recording

from refalloc import allocator
from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap
from refalloc.pictures import source
from refalloc.pictures.lane_table import LaneTable
from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.source import snapshot
from refalloc.pictures.still import tile
from refalloc.trace import Kind
from refalloc.trace.packed import TraceError


@pytest.fixture(scope="module")
def recording():
    return random_recording(1)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_a_bundle_has_widget_still_and_sentence(recording):
    picture = MemoryMap(recording)
    data, metadata = picture._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == picture.model_id
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).format == "PNG"
    assert data["text/plain"] == metadata["image/png"]["alt"] == picture.text()
    assert picture.text().startswith(f"MemoryMap of a recording. Event {len(recording.events) - 1:,} of")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_state_has_its_texture_in_the_still(theme):
    heap = Heap(lane_count=1, arena_len=1 << 24)
    blocks = [allocator.alloc(heap, 1024, 3) for _ in range(4)]
    allocator.free(heap, blocks[1], 1024, 3)
    picture = MemoryMap(CheckedAllocator(heap))
    seen = {tuple(colour) for colour in pixels(picture.png(theme)).reshape(-1, 3).tolist()}
    for texture in ("free", "held", "fresh"):
        for colour in tile(theme, texture).reshape(-1, 3).tolist():
            assert any(np.abs(np.subtract(colour, other)).max() <= 12 for other in seen), (texture, colour)


def test_a_heap_is_drawn_as_it_stands():
    allocator_ = CheckedAllocator(Heap(lane_count=2, arena_len=1 << 24))
    blocks = [allocator_.alloc(100) for _ in range(3)]
    allocator_.free(blocks[1], 100)
    moment = MemoryMap(allocator_).moment()
    assert moment.slab_table().rows == [["0", "4", "128", "2", "200", "1", "0", "509", "0x180, lane 1"]]
    plain = MemoryMap(allocator_.heap).moment()
    assert plain.slab_table().rows == [["0", "4", "128", "0", "0", "1", "2", "509", "0x180, lane 1"]]


@pytest.mark.parametrize("picture", [LaneTable, MemoryMap])
def test_a_heap_in_use_is_drawn_without_stopping_it(picture):
    heap = Heap(lane_count=2, arena_len=1 << 26)
    stop, counts = threading.Event(), []

    def use():
        while not stop.is_set():
            lengths = (8, 64, 5000, 100_000)
            blocks = [(allocator.alloc(heap, length, 3), length) for length in lengths * 10]
            for addr, _ in blocks:
                heap.store(addr, 0x4141_4141_4141_4141)  # no link: whoever takes it for one meets a fault
            for addr, length in blocks:
                allocator.free(heap, addr, length, 3)
            counts.append(len(blocks))

    with ThreadPoolExecutor(1) as pool:
        used = pool.submit(use)
        try:
            for _ in range(20):
                shown = picture(heap)
                assert f"{picture.__name__} of the heap now" in shown.text()
                assert shown.png().startswith(b"\x89PNG")
        finally:
            stop.set()
        used.result()  # raises what the thread met
    assert counts
    check_invariants(heap, [])


def test_a_lane_that_is_locked_for_a_moment_is_waited_for(monkeypatch):
    monkeypatch.setattr(source, "LOCK_SECONDS", 60)  # long enough on a busy machine
    heap = Heap(lane_count=2, arena_len=1 << 24)
    lane, tried = heap.lanes[1], threading.Event()
    assert heap.try_lock(lane)
    try_lock = heap.try_lock

    def told_try_lock(wanted):
        got = try_lock(wanted)
        if not got:
            tried.set()
        return got

    heap.try_lock = told_try_lock
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: tried.wait() and heap.unlock(lane))
        rows = LaneTable(heap).moment().lane_table(0).rows
    assert [row[1] for row in rows] == ["", ""]


def test_a_lane_that_stays_locked_is_drawn_locked():
    heap = Heap(lane_count=2, arena_len=1 << 24)
    assert heap.try_lock(heap.lanes[1])
    rows = MemoryMap(heap).moment().lane_table(0).rows
    assert [row[1] for row in rows] == ["", "unknown"]
    assert not heap.try_lock(heap.lanes[1]), "the picture gave back a lock that was not its own"
    assert heap.try_lock(heap.lanes[0])


def test_a_snapshot_has_nothing_of_other_threads():
    assert set(snapshot(Heap(1, 1 << 24)).events["thread"].tolist()) == {0xFFFF}


@pytest.mark.parametrize("name", ["gcc", "python-threads"])
def test_a_packed_trace_is_replayed(name):
    picture = MemoryMap(name, calls=400)
    assert "first 400 of" in picture.title
    kinds = picture.recording.events["kind"]
    assert np.count_nonzero((kinds == Kind.CALL_ALLOC) | (kinds == Kind.CALL_FREE)) == 400


def test_an_event_is_counted_from_the_end_as_in_a_list(recording):
    last = len(recording.events) - 1
    assert MemoryMap(recording).event == MemoryMap(recording, event=-1).event == last
    picture = MemoryMap(recording, event=3)
    with pytest.raises(IndexError, match=f"no event {last + 1}; the recording has events 0 to {last}"):
        picture.event = last + 1
    assert picture.event == 3


def test_what_no_picture_can_be_made_of_is_refused():
    with pytest.raises(TypeError, match="no picture of int; expected a recording"):
        MemoryMap(5)
    with pytest.raises(TraceError, match="no trace 'gccc'"):
        MemoryMap("gccc")


def test_a_page_of_its_own_names_no_address(recording):
    page = MemoryMap(recording).to_html()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
