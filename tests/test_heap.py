import mmap
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from refalloc import resident
from refalloc.arena import PAGE_LEN, Arena, MemoryFault
from refalloc.heap import CLASS_CAPACITY, Heap

ARENA_LEN = 16 << 20
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")


@pytest.fixture
def heap():
    return Heap(2, ARENA_LEN)


def test_words_are_real_memory_at_their_real_address(heap):
    import ctypes

    addr = heap.map(PAGE_LEN, 0)
    heap.store(addr + 8, 0x1122334455667788)
    assert ctypes.c_uint64.from_address(addr + 8).value == 0x1122334455667788
    ctypes.c_uint64.from_address(addr + 16).value = 2**64 - 1
    assert heap.load(addr + 16) == 2**64 - 1


def test_fresh_pages_are_zero_and_so_are_pages_mapped_again(heap):
    addr = heap.map(3 * PAGE_LEN, 0)
    assert bytes(heap.view(addr, 3 * PAGE_LEN)) == bytes(3 * PAGE_LEN)
    heap.view(addr, 3 * PAGE_LEN)[:] = b"x" * (3 * PAGE_LEN)
    heap.unmap(addr, 3 * PAGE_LEN)
    assert heap.map(3 * PAGE_LEN, 0) == addr
    assert bytes(heap.view(addr, 3 * PAGE_LEN)) == bytes(3 * PAGE_LEN)


@pytest.mark.parametrize("access", ["load", "store", "view"])
def test_an_access_outside_mapped_pages_is_a_fault_that_names_the_address(heap, access):
    addr = heap.map(PAGE_LEN, 0)
    heap.map(PAGE_LEN, 0)
    heap.unmap(addr, PAGE_LEN)
    call = {"load": heap.load, "store": lambda at: heap.store(at, 1), "view": lambda at: heap.view(at, 8)}[access]
    for at, what in (
        (addr, "a page of the arena that is not mapped"),
        (heap.arena_addr + 2 * PAGE_LEN, "a page of the arena that is not mapped"),
        (heap.arena_addr - 8, "outside the arena"),
        (heap.arena_addr + ARENA_LEN, "outside the arena"),
        (0, "the null address"),
        (-8, "outside the arena"),
        (2**63, "outside the arena"),
    ):
        with pytest.raises(MemoryFault, match=what) as caught:
            call(at)
        assert caught.value.addr == at
        assert caught.value.access == access
        assert f"{at:#x}" in str(caught.value)


def test_a_word_at_an_unaligned_address_is_a_fault(heap):
    addr = heap.map(PAGE_LEN, 0)
    for offset in range(1, 8):
        with pytest.raises(MemoryFault, match="not a multiple of 8"):
            heap.load(addr + offset)
        with pytest.raises(MemoryFault, match="not a multiple of 8"):
            heap.store(addr + offset, 1)
    assert heap.load(addr) == heap.load(addr + 8) == 0


def test_a_view_must_be_mapped_to_its_last_byte(heap):
    addr = heap.map(PAGE_LEN, 0)
    assert len(heap.view(addr, PAGE_LEN)) == PAGE_LEN
    with pytest.raises(MemoryFault) as caught:
        heap.view(addr + 1, PAGE_LEN)
    assert caught.value.addr == addr + PAGE_LEN


def test_the_words_at_both_ends_of_a_mapping_are_there_and_no_more(heap):
    addr = heap.map(3 * PAGE_LEN, 0)
    end = addr + 3 * PAGE_LEN
    heap.store(addr, 1)
    heap.store(end - 8, 2)
    assert (heap.load(addr), heap.load(end - 8)) == (1, 2)
    with pytest.raises(MemoryFault):
        heap.load(end)


@pytest.mark.parametrize("align_log2", [0, 3, 12, 13, 16, 20, 22])
def test_map_gives_aligned_pages(heap, align_log2):
    heap.map(1, 0)
    addrs = [heap.map(length, align_log2) for length in (1, PAGE_LEN, 5 * PAGE_LEN + 1)]
    assert all(addr % (1 << max(align_log2, 12)) == 0 for addr in addrs if addr)
    assert addrs[0] != 0
    lengths = dict(heap.mappings())
    assert [lengths[addr] for addr in addrs if addr] == [PAGE_LEN, PAGE_LEN, 6 * PAGE_LEN][
        : len([a for a in addrs if a])
    ]


def test_a_full_arena_gives_0_and_room_again_after_unmap(heap):
    addrs = []
    while addr := heap.map(1 << 20, 0):
        addrs.append(addr)
    assert len(addrs) == ARENA_LEN >> 20
    assert heap.mapped_len == heap.peak_mapped_len == ARENA_LEN
    assert heap.map(1, 0) == 0
    assert heap.map(1 << 60, 0) == 0
    heap.unmap(addrs[3], 1 << 20)
    assert heap.map(1 << 20, 0) == addrs[3]
    for addr in addrs:
        heap.unmap(addr, 1 << 20)
    assert heap.mapped_len == 0
    assert heap.map(ARENA_LEN, 0) == heap.arena_addr, "the holes have grown together"


def test_unmap_wants_the_start_and_the_length_of_a_mapping(heap):
    addr = heap.map(4 * PAGE_LEN, 0)
    for bad_addr, length in ((addr + PAGE_LEN, PAGE_LEN), (addr, PAGE_LEN), (addr + 8, 4 * PAGE_LEN), (0, PAGE_LEN)):
        with pytest.raises(MemoryFault, match="pass"):
            heap.unmap(bad_addr, length)
        with pytest.raises(MemoryFault, match="pass"):
            heap.remap(bad_addr, length, PAGE_LEN, may_move=True)
    assert heap.mappings() == [(addr, 4 * PAGE_LEN)]
    heap.unmap(addr, 4 * PAGE_LEN)
    with pytest.raises(MemoryFault, match="no mapping starts there"):
        heap.unmap(addr, 4 * PAGE_LEN)


def test_remap_grows_in_place_into_a_hole_and_moves_only_when_it_may(heap):
    addr = heap.map(2 * PAGE_LEN, 0)
    wall = heap.map(PAGE_LEN, 0)
    heap.store(addr, 77)
    assert heap.remap(addr, 2 * PAGE_LEN, 3 * PAGE_LEN, may_move=False) == 0
    heap.unmap(wall, PAGE_LEN)
    assert heap.remap(addr, 2 * PAGE_LEN, 3 * PAGE_LEN, may_move=False) == addr
    heap.map(PAGE_LEN, 0)
    moved = heap.remap(addr, 3 * PAGE_LEN, 4 * PAGE_LEN, may_move=True)
    assert moved not in (0, addr)
    assert heap.load(moved) == 77
    with pytest.raises(MemoryFault):
        heap.load(addr)
    assert heap.remap(moved, 4 * PAGE_LEN, ARENA_LEN, may_move=True) == 0
    assert heap.load(moved) == 77


def test_unmapped_pages_leave_the_process(heap):
    big = Heap(1, 256 << 20)
    length = 200 << 20
    before = resident_len()
    addr = big.map(length, 0)
    big.view(addr, length)[:] = b"x" * length
    assert resident_len() - before > length * 0.9
    big.unmap(addr, length)
    assert resident_len() - before < length * 0.1


def resident_len():
    """Bytes of this process that are in memory, from /proc/self/statm (proc(5))."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_addresses_repeat_from_arena_to_arena():
    def run():
        heap = Heap(1, ARENA_LEN)
        return [heap.map(length, align_log2) - heap.arena_addr for length in (1, 9000) for align_log2 in range(22)]

    assert run() == run() == run()


def test_a_lane_is_taken_once_and_given_back_once(heap):
    lane, other = heap.lanes
    assert heap.try_lock(lane)
    assert not heap.try_lock(lane)
    assert heap.try_lock(other)
    heap.unlock(lane)
    with pytest.raises(RuntimeError, match="lane 0, which is not locked"):
        heap.unlock(lane)
    assert heap.try_lock(lane)


def test_of_many_threads_one_gets_the_lane():
    heap = Heap(1, ARENA_LEN)
    together = threading.Barrier(8)
    got = []

    def contend():
        for _ in range(200):
            together.wait()
            if heap.try_lock(heap.lanes[0]):
                got.append(1)
            together.wait()
            if not heap.lanes[0].token and together.wait() == 0:
                heap.unlock(heap.lanes[0])
            together.wait()

    threads = [threading.Thread(target=contend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 200


def test_each_thread_has_an_index_of_its_own_and_starts_at_0(heap):
    heap.set_thread_index(1)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(heap.thread_index))
    thread.start()
    thread.join()
    assert (seen, heap.thread_index) == ([0], 1)


def test_lanes_follow_the_cpus_that_the_process_may_use():
    assert len(Heap(arena_len=ARENA_LEN).lanes) == len(os.sched_getaffinity(0))
    assert len(Heap(1000, ARENA_LEN).lanes) == 1000, "no cap"
    with pytest.raises(ValueError, match="at least one lane"):
        Heap(0)


def test_lanes_have_room_for_finer_classes(heap):
    assert len(heap.lanes[0].frees) == len(heap.lanes[0].next_addrs) == CLASS_CAPACITY


def test_an_arena_that_the_system_refuses_is_a_memory_error():
    with pytest.raises(MemoryError, match="smaller arena_len"):
        Arena(1 << 60)


def test_importing_refalloc_loads_nothing_but_the_standard_library():
    code = "import sys; before = set(sys.modules); import refalloc; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.'); {code}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    tops = {name.split(".")[0] for name in loaded}
    assert tops - {"refalloc"} <= set(sys.stdlib_module_names)


@needs_linux
def test_pages_are_resident_from_their_first_write_until_they_are_unmapped():
    heap = Heap(1, 1 << 30)
    addr = heap.map(64 * mmap.PAGESIZE, 0)
    assert heap.resident_len() == 0
    heap.store(addr + 3 * mmap.PAGESIZE + 8, 1)
    heap.view(addr + 10 * mmap.PAGESIZE - 1, 2)[:] = b"ab"
    assert heap.resident_len() == 3 * mmap.PAGESIZE
    heap.remap(addr, 64 * mmap.PAGESIZE, 10 * mmap.PAGESIZE, may_move=False)
    assert heap.resident_len() == 2 * mmap.PAGESIZE
    heap.unmap(addr, 10 * mmap.PAGESIZE)
    assert heap.resident_len() == 0


def smaps_entry(addr):
    """What Linux says of the mapping in which `addr` lies: str."""
    entries = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text(), flags=re.MULTILINE)[1:]
    bounds = [[int(bound, 16) for bound in entry.split(maxsplit=1)[0].split("-")] for entry in entries]
    return next(entry for entry, (start, end) in zip(entries, bounds, strict=True) if start <= addr < end)


@needs_linux
@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="a kernel without huge pages")
def test_no_huge_page_is_ever_behind_an_arena(heap):
    assert re.search(r"^VmFlags:.* nh\b", smaps_entry(heap.arena_addr), re.MULTILINE)


@needs_linux
def test_a_refusal_of_the_system_is_an_error():
    buffer = memoryview(mmap.mmap(-1, 2 * mmap.PAGESIZE))
    with pytest.raises(OSError, match=r"mincore\(2\) of .* bytes: Invalid argument"):
        resident.resident_len(buffer[8:])


@pytest.mark.parametrize(
    ("platform", "answers", "message"),
    [
        ("win32", [], "on win32 it is not known"),
        ("linux", [2 * mmap.PAGESIZE, 2 * mmap.PAGESIZE], "before any is written"),
        ("linux", [0, 0], "not 0 and"),
    ],
)
def test_where_the_system_does_not_say_what_is_resident_an_error_does(monkeypatch, platform, answers, message):
    heap = Heap(1, ARENA_LEN)
    monkeypatch.setattr(resident.sys, "platform", platform)
    monkeypatch.setattr(resident, "_mincore", lambda buffer: answers.pop(0))
    monkeypatch.setattr(resident, "_require_truth", resident._require_truth.__wrapped__)
    with pytest.raises(resident.ResidentUnknownError, match=message):
        heap.resident_len()
