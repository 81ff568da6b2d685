import pytest
from tables import rows_of

from refalloc import allocator
from refalloc.heap import Heap
from refalloc.pictures.free_list import plot_free_list


@pytest.fixture
def heap():
    return Heap(lane_count=1, arena_len=1 << 20)


def blocks_of(heap, count):
    return [allocator.alloc(heap, 64, 4) for _ in range(count)]


def drawn(heap, slab, slot_count):
    return plot_free_list(heap, heap.lanes[0], 3, slab, slot_count).sentence


def test_a_free_list_is_told_in_its_own_order(heap):
    blocks = blocks_of(heap, 4)
    assert drawn(heap, blocks[0], 4).endswith("None of them is free.")
    for number in (1, 3, 0):
        allocator.free(heap, blocks[number], 64, 4)
    assert drawn(heap, blocks[0], 4) == (
        "Slots 0 to 3 of a slab, 64 bytes each. The free list leads through slot 0, then 3, then 1. Live: 2."
    )
    assert rows_of(plot_free_list(heap, heap.lanes[0], 3, blocks[0], 4))[1:] == [
        ["0", "0", "free", "1"],
        ["1", "64", "free", "3"],
        ["2", "128", "live", ""],
        ["3", "192", "free", "2"],
    ]


def test_a_damaged_list_is_drawn_up_to_the_damage(heap):
    blocks = blocks_of(heap, 4)
    for number in (1, 3, 0):
        allocator.free(heap, blocks[number], 64, 4)
    heap.store(blocks[3], blocks[0])
    assert "through slot 0, then 3. " in drawn(heap, blocks[0], 4)
    heap.store(blocks[0], int.from_bytes(b"Jane Doe", "little"))
    assert "through slot 0. " in drawn(heap, blocks[0], 4)


def test_the_picture_is_small_enough_to_keep(heap):
    blocks = blocks_of(heap, 16)
    for block in blocks[::3]:
        allocator.free(heap, block, 64, 4)
    assert len(plot_free_list(heap, heap.lanes[0], 3, blocks[0], 16).png) < 20_000
