import itertools
import random
import threading

import pytest

from refalloc import improved as text
from refalloc.heap import KEPT_LEN, Heap
from refalloc.schedule import explore
from refalloc.schedule.heap import SteppedHeap

SIZES = [text.slot_size(size_class) for size_class in range(text.CLASS_COUNT)]


def test_each_class_has_the_shortest_slots_that_fit():
    assert sorted(SIZES) == SIZES
    for length in [*range(1, 5000), *range(5000, 2 << 20, 997), 2 << 20]:
        size_class = text.size_class_index(length, 0)
        assert SIZES[size_class] >= length
        assert size_class == 0 or SIZES[size_class - 1] < length
    assert text.size_class_index((2 << 20) + 1, 0) >= text.CLASS_COUNT


def test_a_slot_is_at_most_a_quarter_longer_than_what_was_asked_for():
    for length in range(text.LINEAR_LEN + 1, 2 << 20, 61):
        assert SIZES[text.size_class_index(length, 0)] <= 1.25 * length


def test_small_classes_fit_in_half_a_slab_and_the_rest_are_mapped():
    assert SIZES[text.SMALL_COUNT - 1] == text.SLAB_LEN // 2 < SIZES[text.SMALL_COUNT]


@pytest.mark.parametrize("align_log2", range(5, 17))
def test_slots_for_aligned_blocks_are_powers_of_two_and_so_aligned(align_log2):
    for length in (1, 16, 100, 5000, 40_000, 70_000):
        size = SIZES[text.size_class_index(length, align_log2)]
        assert size >= length
        assert size % (1 << align_log2) == 0
        assert size & (size - 1) == 0


def test_slots_of_a_slab_lie_apart_and_within_it():
    for size in SIZES[: text.SMALL_COUNT]:
        heap = Heap(1)
        slots = [text.alloc(heap, size, 4) for _ in range(text.SLAB_LEN // size)]
        (slab, length) = heap.mappings()[0]
        assert length == text.SLAB_LEN
        assert slots == list(range(slots[0], slots[0] + len(slots) * size, size))
        assert slab <= slots[0]
        assert slots[-1] + size <= slab + length
        text.alloc(heap, size, 4)
        assert len(heap.mappings()) == 2


@pytest.mark.parametrize("lane_count", [1, 2, 5])
def test_a_random_run_keeps_every_block_whole_and_apart(lane_count):
    heap, rng, live = Heap(lane_count), random.Random(lane_count), {}
    for step in range(8000):
        heap.set_thread_index(rng.randrange(lane_count))
        taken = heap.lanes[rng.randrange(lane_count)] if lane_count > 1 and rng.random() < 0.05 else None
        if taken:
            assert heap.try_lock(taken)
        is_inside = rng.random() < 0.1 and heap.enter(heap.own_lane)  # as when a signal comes in the middle of a call
        if rng.random() < 0.52 or not live:
            length, align_log2 = int(2 ** rng.uniform(0, 17)), rng.choice((0, 4, 4, 4, 6, 12, 16, 17))
            addr = text.alloc(heap, length, align_log2)
            assert addr % (1 << align_log2) == 0
            heap.view(addr, length)[:] = bytes([step % 251]) * length
            live[addr] = (length, align_log2, step % 251)
        else:
            addr = rng.choice(list(live))
            length, align_log2, byte = live.pop(addr)
            assert bytes(heap.view(addr, length)) == bytes([byte]) * length
            if rng.random() < 0.2:
                new_length = int(2 ** rng.uniform(0, 17))
                moved = text.remap(heap, addr, length, new_length, align_log2)
                kept = min(length, new_length if moved else length)
                addr, length = moved or addr, new_length if moved else length
                assert bytes(heap.view(addr, kept)) == bytes([byte]) * kept
            text.free(heap, addr, length, align_log2)
        if taken:
            heap.unlock(taken)
        if is_inside:
            heap.leave(heap.own_lane)
    blocks = sorted((addr, addr + length) for addr, (length, _, _) in live.items())
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(blocks))
    _require_nothing_lost(heap, live)


def _list_at(heap, addr):
    """The slots of a list."""
    slots = []
    while addr:
        slots.append(addr)
        addr = heap.load(addr)
    return slots


def _free_lists(heap):
    """(lane, class, free slots) of each list of a lane, and of each slab, with None for the lane."""
    lists = []
    for lane in [*heap.lanes, heap.own_lane]:
        for size_class in range(text.CLASS_COUNT):
            batches = [lane.frees[size_class]]
            if lane is heap.own_lane and size_class >= text.SMALL_COUNT:
                lists.append((lane, size_class, [addr for addr in batches if addr]))
                continue
            while lane is not heap.own_lane and batches[-1]:
                batches.append(heap.load(batches[-1] + 8))
            lists.append((lane, size_class, [slot for batch in batches for slot in _list_at(heap, batch)]))
    for index, lane in enumerate(heap.lanes):
        for size_class in range(text.SMALL_COUNT):
            before, slab = 0, lane.next_addrs[size_class]
            while slab:
                assert index == text.home(heap, size_class)
                record = heap.record(slab)
                assert record[text.FREES] != 0
                assert record[text.BEFORE] == before
                lists.append((None, size_class, _list_at(heap, record[text.FREES])))
                before, slab = slab, record[text.AFTER]
    return lists


def _require_nothing_lost(heap, live):
    """Every slot of every mapping is live, or free in one list once, or not yet handed out."""
    mappings, lists = dict(heap.mappings()), _free_lists(heap)
    for addr, (length, align_log2, _) in live.items():
        if text.size_class_index(length, align_log2) >= text.SMALL_COUNT:
            assert mappings.pop(addr) >= length
    free = {}
    for lane, size_class, slots in lists:
        for addr in slots:
            assert addr not in live
            assert addr not in free, f"{addr:#x} is free twice"
            free[addr] = size_class
        if size_class >= text.SMALL_COUNT and lane is heap.own_lane:
            assert size_class < text.OWN_COUNT or not slots
        elif size_class >= text.SMALL_COUNT:
            assert len(slots) == lane.room[size_class]
        elif lane is heap.own_lane:
            assert len(slots) + lane.room[size_class] <= text.own_count(size_class)
    for addr, size_class in free.items():
        if size_class >= text.SMALL_COUNT:
            assert mappings.pop(addr) >= text.slot_size(size_class)
    handed_out = dict.fromkeys(mappings, 0)
    for addr, (length, align_log2, _) in live.items():
        if (size_class := text.size_class_index(length, align_log2)) < text.SMALL_COUNT:
            handed_out[addr & -text.SLAB_LEN] += text.slot_size(size_class)
    for addr, size_class in free.items():
        if size_class < text.SMALL_COUNT:
            handed_out[addr & -text.SLAB_LEN] += text.slot_size(size_class)
    class_of = {}
    fresh = {addr & -text.SLAB_LEN: addr for addr in heap.own_lane.next_addrs[: text.SMALL_COUNT] if addr}
    for addr in [*free, *live]:
        if addr & -text.SLAB_LEN in handed_out:
            size_class = free.get(addr)
            if size_class is None:
                size_class = text.size_class_index(*live[addr][:2])
            assert class_of.setdefault(addr & -text.SLAB_LEN, size_class) == size_class
    for slab, length in handed_out.items():
        size = text.slot_size(class_of[slab])
        own = sum(addr & -text.SLAB_LEN == slab for lane, _, slots in lists if lane is not None for addr in slots)
        lives = sum(addr & -text.SLAB_LEN == slab for addr in live)
        unused = text.SLAB_LEN // size - length // size
        assert heap.record(slab)[text.USED] == own + lives + unused > 0
        assert length == (fresh[slab] - slab if slab in fresh else text.SLAB_LEN // size * size), hex(slab)


def test_what_one_lane_freed_another_takes_before_anything_is_mapped():
    heap = Heap(4)
    blocks = [text.alloc(heap, 64, 4) for _ in range(1024)]
    mapped = heap.mappings()
    for _ in range(10):
        for addr in blocks:
            heap.set_thread_index(3)
            text.free(heap, addr, 64, 4)
        heap.set_thread_index(0)
        blocks = [text.alloc(heap, 64, 4) for _ in range(1024)]
    assert heap.mappings() == mapped


def test_larger_blocks_are_kept_for_the_next_who_asks_up_to_a_bound():
    for size in SIZES[text.SMALL_COUNT :]:
        heap = Heap(1)
        blocks = [text.alloc(heap, size, 4) for _ in range(40)]
        for addr in blocks:
            text.free(heap, addr, size, 4)
        kept = len(heap.mappings())
        own_count = 1 if text.size_class_index(size, 4) < text.OWN_COUNT else 0
        assert kept == max(1, KEPT_LEN // size) + own_count
        assert text.alloc(heap, size, 4) in blocks
        assert len(heap.mappings()) == kept


@pytest.mark.parametrize("lane_count", [1, 3])
def test_trim_gives_back_all_that_is_free_and_nothing_else(lane_count):
    heap, rng, live = Heap(lane_count), random.Random(lane_count), {}
    for step in range(6000):
        heap.set_thread_index(rng.randrange(lane_count))
        if rng.random() < 0.5 or not live:
            length = int(2 ** rng.uniform(0, 18))
            addr = text.alloc(heap, length, 4)
            assert addr not in live
            live[addr] = (length, 4, step % 251)
            heap.view(addr, 1)[0] = step % 251
        else:
            addr = rng.choice(list(live))
            length, _, byte = live.pop(addr)
            assert heap.view(addr, 1)[0] == byte
            text.free(heap, addr, length, 4)
        if step % 1500 == 1499:
            before = heap.mapped_len
            given_len = text.trim(heap)
            assert given_len == before - heap.mapped_len > 0
            assert text.trim(heap) == 0
            _require_nothing_lost(heap, live)
            slabs = {addr & -text.SLAB_LEN for addr, (length, _, _) in live.items() if length <= 32768}
            assert sum(length == text.SLAB_LEN for _, length in heap.mappings()) >= len(slabs)
            assert len(heap.mappings()) == len(slabs) + sum(length > 32768 for length, _, _ in live.values())
    for addr, (length, _, _) in live.items():
        text.free(heap, addr, length, 4)
    text.trim(heap)
    assert heap.mappings() == []


def test_refused_pages_leave_the_heap_as_it_was():
    heap = Heap(2, arena_len=256 << 10)
    blocks = []
    while addr := text.alloc(heap, 20_000, 4):
        blocks.append(addr)
    assert len(blocks) >= 6
    assert text.alloc(heap, 3 << 20, 4) == text.alloc(heap, 100_000, 4) == 0
    text.free(heap, blocks.pop(), 20_000, 4)
    assert text.alloc(heap, 20_000, 4) != 0


@pytest.fixture
def little(monkeypatch):
    """An own lane keeps few slots, so that a few calls hand some over."""
    monkeypatch.setattr(text, "OWN_LEAST", 2)
    monkeypatch.setattr(text, "OWN_MOST", 2)
    monkeypatch.setattr(text, "PATIENCE", 2)


def _used_and_given_on(thread):
    first, second, third = thread.alloc(24), thread.alloc(24), thread.alloc(24)
    for addr in (first, second, third):  # the third is one too many for the lane
        thread.free(addr)
    text.retire(thread.heap)


def _larger(thread):
    first, second = thread.alloc(70_000), thread.alloc(70_000)
    thread.free(first)
    thread.free(second)


def _taken_from_others(thread):
    addr = thread.alloc(24)
    thread.free(addr)
    text.trim(thread.heap)


@pytest.mark.parametrize(
    "programs",
    [
        [_used_and_given_on, _used_and_given_on],
        [_used_and_given_on, _taken_from_others],
        [_larger, _larger],
        [_larger, _taken_from_others],
    ],
    ids=lambda programs: "+".join(program.__name__.strip("_") for program in programs),
)
def test_every_interleaving_of_two_threads_is_sound(programs, little):
    found = explore(programs, text=text, invariants=None, check=_all_is_there)  # invariants are of the first text
    found.assert_ok()
    assert found.is_exhaustive


def _all_is_there(run):
    """Nothing is free twice, in own lanes and in shared ones."""
    free, small = [], range(text.SMALL_COUNT)
    for lane in run.heap.lanes:
        for size_class in range(text.CLASS_COUNT):
            batch = lane.frees[size_class]
            while batch:
                free += _list_at(run.heap, batch)
                batch = run.heap.load(batch + 8)
        for size_class in small:
            slab = lane.next_addrs[size_class]
            while slab:
                free += _list_at(run.heap, run.heap.record(slab)[text.FREES])
                slab = run.heap.record(slab)[text.AFTER]
    for lane in run.heap.own_lanes.values():
        for size_class in small:
            free += _list_at(run.heap, lane.frees[size_class])
        larger = [lane.frees[size_class] for size_class in range(text.SMALL_COUNT, text.OWN_COUNT)]
        free += [addr for addr in larger if addr]
    assert len(free) == len(set(free))


def test_a_block_freed_by_another_thread_comes_back_by_a_batch(little):
    def prepare(thread):
        return [thread.alloc(24) for _ in range(6)]

    def consumer(thread):
        for addr in thread.prepared:
            thread.free(addr)

    def producer(thread):
        return [thread.alloc(24) for _ in range(4)]

    found = explore([consumer, producer], text=text, invariants=None, prepare=prepare, check=_all_is_there)
    found.assert_ok()
    assert found.is_exhaustive


def test_who_enters_the_own_lane_of_another_thread_is_convicted(monkeypatch):
    def push_into_the_first(heap, addr, size_class):
        lane = heap.own_lanes.get(0) or heap.adopt()
        heap.store(addr, lane.frees[size_class])
        lane.frees[size_class] = addr

    monkeypatch.setattr(text, "free_slot", push_into_the_first)

    def program(thread):
        thread.free(thread.alloc(24))

    failure = explore([program, program], text=text, invariants=None).failure
    assert failure.verdict.kind == "data race"


def test_a_call_that_returns_inside_the_own_lane_is_convicted(monkeypatch):
    monkeypatch.setattr(SteppedHeap, "leave", lambda heap, lane: None)
    failure = explore([lambda thread: thread.alloc(24)], text=text, invariants=None).failure
    assert failure.verdict.kind == "lock kept"


def test_threads_that_come_and_go_use_the_lanes_of_those_that_ended():
    heap, lanes = Heap(2), []

    def use():
        addr = text.alloc(heap, 24, 4)
        text.free(heap, addr, 24, 4)
        lanes.append(heap.own_lane.index)

    for _ in range(5):
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    assert lanes == [2] * 5
    assert len(heap.mappings()) == 1
    text.alloc(heap, 24, 4)
    assert heap.own_lane.index == 2, "nobody has it"
