"""What a text costs, held against what is known of the reference and of texts that are wrong."""

from types import SimpleNamespace

import pytest

from refalloc import allocator
from refalloc.allocator import SLAB_LEN
from refalloc.schedule import cost
from refalloc.schedule.cost import WrongBlockError, first_events, play, reference_space, reference_steps, steps
from refalloc.schedule.scenario import STEP_LIMIT
from refalloc.student import StudentHeap

ALLOC_FREE_ALLOC = [(0, 0, 0, 64, 4), (1, 0, 0, 0, 0), (0, 0, 1, 64, 4)]


def heap(lane_count=1):
    return StudentHeap(lane_count, 16 << 20)


def text(**functions):
    """The reference with other functions."""
    return SimpleNamespace(**{"alloc": allocator.alloc, "free": allocator.free} | functions)


def test_space_is_what_was_mapped_at_most():
    assert play(allocator, heap(), "a slab", ALLOC_FREE_ALLOC) == SLAB_LEN
    large = [(0, 0, 0, 100_000, 4), (1, 0, 0, 0, 0), (0, 0, 1, 50_000, 4), (0, 0, 2, 8, 3)]
    assert play(allocator, heap(), "large ones", large) == 53_248 + SLAB_LEN


def test_threads_begin_in_lanes_of_their_own():
    used = heap(4)
    play(allocator, used, "two threads", [(0, 0, 0, 64, 4), (0, 6, 1, 64, 4), (1, 6, 1, 0, 0)])
    assert [any(lane.next_addrs) for lane in used.lanes] == [False, True, False, True]  # each searched one further on


def test_steps_are_counted_and_pages_weighed():
    first, second = (steps(allocator, ALLOC_FREE_ALLOC[:count]) for count in (1, 2))
    assert (first.pages, second.pages) == (1, 1)
    free_steps = 1 + 1 + 1 + 1 + 1 + 1  # thread_index, try_lock, frees read, word, frees written, unlock
    assert second.count - first.count == free_steps


def test_steps_repeat():
    rows = first_events("gcc", 200)
    assert steps(allocator, rows) == steps(allocator, rows) == reference_steps(rows)
    assert reference_space(rows) == play(allocator, heap(cost.LANE_COUNT), "gcc", rows)


def test_more_calls_than_an_exploration_has_steps_are_no_endless_run():
    rows = [(free, 0, block, 64, 4) for block in range(1000) for free in (0, 1)]
    assert len(rows) * 2 > STEP_LIMIT  # each locks and unlocks
    assert steps(allocator, rows).pages == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"alloc": lambda heap, length, align_log2: 0}, "event 1: alloc(heap, 64, 4) gave 0"),
        ({"alloc": lambda heap, length, align_log2: heap.map(4096, 12) + 8}, "gave mapping + 8, not a multiple of 16"),
        ({"alloc": lambda heap, length, align_log2: heap.arena_addr}, "gave an address that is not mapped, and"),
        ({"free": lambda heap, addr, length, align_log2: heap.try_lock(heap.lanes[0])}, "lane 0 is still locked"),
    ],
)
def test_a_wrong_text_is_told_of_by_its_event(wrong, told):
    with pytest.raises(WrongBlockError) as caught:
        play(text(**wrong), heap(), "rows", ALLOC_FREE_ALLOC)
    assert told in str(caught.value)


def test_a_block_that_is_handed_out_twice_or_overwritten_is_found():
    rows = [(0, 0, 0, 64, 4), (0, 0, 1, 64, 4)]
    again = text(alloc=lambda heap, length, align_log2: heap.lanes[0].frees.__getitem__(0) or first(heap))

    def first(heap):
        heap.lanes[0].frees[0] = heap.map(4096, 12)
        return heap.lanes[0].frees[0]

    with pytest.raises(WrongBlockError, match=r"event 2: .* where the block of 64 bytes of event 1 lies") as caught:
        play(again, heap(), "rows", rows)
    assert caught.value.pieces == [("event 1", 0, 64), ("event 2", 0, 64)]

    def scribbles(heap, length, align_log2):
        addr = allocator.alloc(heap, length, align_log2)
        if addr % SLAB_LEN:
            heap.store(addr - 64, 7)
        return addr

    with pytest.raises(WrongBlockError, match=r"at the end: the block of 64 bytes .* 1, slab \+ 0, does not hold"):
        play(text(alloc=scribbles), heap(), "rows", rows)


def test_what_the_stepped_machine_convicts_is_told():
    with pytest.raises(WrongBlockError, match="still locked"):
        steps(text(free=lambda heap, addr, length, align_log2: heap.try_lock(heap.lanes[0])), ALLOC_FREE_ALLOC)
