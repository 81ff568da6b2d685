import pytest

from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap


@pytest.fixture
def allocator():
    return CheckedAllocator(Heap(2, 4 << 20))


def metadata(allocator):
    heap = allocator.heap
    return [(list(lane.frees), list(lane.next_addrs)) for lane in heap.lanes], heap.mappings(), allocator.live_blocks()


BAD_LENGTHS = [
    (0, ValueError, "length is 0; expected 1 byte or more"),
    (-1, ValueError, "length is -1; expected 1 byte or more"),
    (1.5, TypeError, "length is 1.5; expected a whole number"),
    ("8", TypeError, "length is '8'; expected a whole number"),
    (None, TypeError, "length is None; expected a whole number"),
    (1 << 62, MemoryError, "no room"),
    (10**30, MemoryError, "no room"),
]
BAD_ALIGNMENTS = [
    (0, ValueError, "alignment is 0; expected a power of two"),
    (-8, ValueError, "alignment is -8; expected a power of two"),
    (3, ValueError, "alignment is 3; expected a power of two"),
    (24, ValueError, "alignment is 24; expected a power of two"),
    (8.0, TypeError, "alignment is 8.0; expected a power of two"),
    (None, TypeError, "alignment is None; expected a power of two"),
    (1 << 70, MemoryError, "no room"),
]


@pytest.mark.parametrize(("length", "error", "message"), BAD_LENGTHS)
def test_a_bad_length_says_what_is_expected_and_changes_nothing(allocator, length, error, message):
    before = metadata(allocator)
    with pytest.raises(error, match=message):
        allocator.alloc(length)
    assert metadata(allocator) == before


@pytest.mark.parametrize(("alignment", "error", "message"), BAD_ALIGNMENTS)
def test_a_bad_alignment_says_what_is_expected_and_changes_nothing(allocator, alignment, error, message):
    before = metadata(allocator)
    with pytest.raises(error, match=message):
        allocator.alloc(8, alignment)
    assert metadata(allocator) == before


@pytest.mark.parametrize("length", [8, 100, 40_000])
@pytest.mark.parametrize("call", ["free", "resize", "remap"])
def test_a_wrong_block_is_refused_and_nothing_is_lost(allocator, call, length):
    addr = allocator.alloc(length)
    freed = allocator.alloc(length)
    allocator.free(freed, length)
    extra = () if call == "free" else (length,)
    before = metadata(allocator)
    for wrong_addr, wrong_length, alignment, message in (
        (freed, length, 16, "freed already"),
        (addr + 8192 * 16, length, 16, "never handed out"),
        (0, length, 16, "never handed out"),
        (addr, length + 1, 16, f"has {length} bytes, not {length + 1}; pass"),
        (addr, length * 2, 16, f"has {length} bytes"),
        (addr, length, 64, f"has {length} bytes aligned to 16, not {length} aligned to 64; pass"),
        (addr + 1, length, 16, f"1 bytes into the live block {addr:#x}"),
    ):
        with pytest.raises(ValueError, match=message):
            getattr(allocator, call)(wrong_addr, wrong_length, *extra, alignment)
        assert metadata(allocator) == before
    with pytest.raises(TypeError, match="expected an address"):
        getattr(allocator, call)("here", length, *extra)
    check_invariants(allocator.heap, allocator.live_blocks())
    allocator.free(addr, length)


@pytest.mark.parametrize("wrong", [float, complex, str, lambda number: None])
def test_what_is_no_whole_number_frees_nothing_and_locks_nothing(allocator, wrong):
    addr = allocator.alloc(100)
    before = metadata(allocator)
    for arguments in ((wrong(addr), 100, 16), (addr, wrong(100), 16), (addr, 100, wrong(16))):
        with pytest.raises(TypeError, match="whole numbers"):
            allocator.free(*arguments)
        assert metadata(allocator) == before
    check_invariants(allocator.heap, allocator.live_blocks())
    allocator.free(addr, 100)
    assert allocator.trim() == 65536


def test_numbers_of_numpy_are_whole_numbers(allocator):
    import numpy as np

    addr = allocator.alloc(np.int64(100))
    assert allocator.resize(np.uint64(addr), np.int32(100), np.int32(120))
    allocator.free(np.int64(addr), np.int32(120), np.uint8(16))
    check_invariants(allocator.heap, [])
    assert type(allocator.heap.lanes[allocator.heap.thread_index].frees[4]) is int


def test_a_block_is_freed_once(allocator):
    addr = allocator.alloc(8)
    allocator.free(addr, 8)
    with pytest.raises(ValueError, match="freed already"):
        allocator.free(addr, 8)
    assert allocator.alloc(8) == addr
    assert allocator.alloc(8) != addr


def test_a_full_arena_is_a_memory_error_and_the_heap_stays_usable(allocator):
    blocks = [allocator.alloc(30_000) for _ in range((4 << 20) // 32768)]
    with pytest.raises(MemoryError, match="bytes are mapped; free blocks, then trim"):
        allocator.alloc(30_000)
    with pytest.raises(MemoryError):
        allocator.alloc(100_000)
    check_invariants(allocator.heap, allocator.live_blocks())
    for addr in blocks:
        allocator.free(addr, 30_000)
    assert allocator.trim() == 4 << 20
    allocator.free(allocator.alloc(3 << 20), 3 << 20)


def test_a_resized_block_is_freed_by_its_new_length(allocator):
    addr = allocator.alloc(100)
    assert allocator.resize(addr, 100, 120)
    assert not allocator.resize(addr, 120, 200)
    with pytest.raises(ValueError, match="has 120 bytes"):
        allocator.free(addr, 100)
    assert allocator.remap(addr, 120, 128) == addr
    assert allocator.remap(addr, 128, 200) == 0
    allocator.free(addr, 128)
    large = allocator.alloc(100_000)
    allocator.alloc(100_000)
    moved = allocator.remap(large, 100_000, 300_000)
    assert moved not in (0, large)
    allocator.free(moved, 300_000)
    check_invariants(allocator.heap, allocator.live_blocks())
    with pytest.raises(ValueError, match="length is 0"):
        allocator.resize(addr, 128, 0)


def test_a_view_is_the_memory_itself(allocator):
    addr = allocator.alloc(64)
    allocator.view(addr, 64)[:] = bytes(range(64))
    assert bytes(allocator.view(addr + 8, 8)) == bytes(range(8, 16))
    assert allocator.heap.load(addr) == int.from_bytes(bytes(range(8)), "little")


def test_whole_numbers_of_other_types_are_welcome(allocator):
    import numpy as np

    addr = allocator.alloc(np.int32(100), np.uint8(32))
    allocator.free(addr, 100, 32)
