import threading

import contract
import learners
import numpy as np
import pytest
from compiled import Maker, replayer
from numba import njit

from refalloc import allocator, improved, native
from refalloc.arena import MemoryFault
from refalloc.check import check_invariants
from refalloc.native.trial import overwritten, trader
from refalloc.native.words import load_word
from refalloc.trace.packed import load_trace, packed_traces
from refalloc.trim import trim_heap


@pytest.fixture(scope="module")
def text():
    return native.compile(allocator)


@pytest.mark.parametrize("rule", contract.RULES, ids=lambda rule: rule.__name__)
def test_the_compiled_reference_keeps_every_rule_of_the_contract(rule, text):
    rule(Maker(text))


@pytest.mark.parametrize("name", packed_traces())
def test_a_recorded_trace_keeps_every_block_whole(name, text):
    trace = load_trace(name)
    heap = native.NativeHeap()
    blocks = int(trace.block.max()) + 1
    addrs, sizes, aligns = (np.zeros(blocks, np.int64) for _ in range(3))
    columns = (trace.op, trace.block, trace.size, trace.align_log2)
    assert replayer(text)(heap, *columns, addrs, sizes, aligns) == -1
    live = [(int(addrs[b]), int(sizes[b]), int(aligns[b])) for b in np.flatnonzero(addrs)]
    assert len(live) == np.count_nonzero(trace.op == 0) - np.count_nonzero(trace.op == 1)
    check_invariants(heap, live)
    for block in np.flatnonzero(addrs):
        assert overwritten(addrs[block], sizes[block], np.uint32(block)) == -1
        text.free(heap, int(addrs[block]), int(sizes[block]), int(aligns[block]))
    check_invariants(heap, [])
    trim_heap(heap)
    assert heap.mapped_len == 0, "all pages go back"


@pytest.mark.parametrize("thread_count", [1, 2, 4, 16, 64])
@pytest.mark.parametrize("source", [allocator, improved, learners], ids=["reference", "improved", "learner"])
def test_threads_in_parallel_keep_every_block_whole(thread_count, source):
    text = native.compile(source)
    heap = native.NativeHeap(2)
    table = np.zeros(256, np.int64)
    trade = trader(text)
    outcomes = []

    def work(seed):
        outcomes.append(trade(heap, table.ctypes.data, len(table), 320_000 // thread_count, seed))

    threads = [threading.Thread(target=work, args=(seed + 1,)) for seed in range(thread_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [0] * thread_count, "1: no memory, 2: a block was overwritten"
    live = [(int(addr), load_word_at(int(addr)), 4) for addr in table if addr]
    assert all(overwritten(addr + 8, length - 8, addr) == -1 for addr, length, _ in live)
    if source is allocator:
        check_invariants(heap, live)


@njit
def load_word_at(addr):
    return load_word(addr)


def test_other_compiled_code_calls_the_text_without_python(text):
    alloc, free = text.alloc, text.free

    @njit(nogil=True)
    def pairs(heap, count):
        last = 0
        for _ in range(count):
            last = alloc(heap, 24, 3)
            free(heap, last, 24, 3)
        return last

    heap = native.NativeHeap()
    addr = pairs(heap, 1000)
    assert text.alloc(heap, 24, 3) == addr
    check_invariants(heap, [(addr, 24, 3)])


def test_the_gil_is_released_while_the_text_runs(text):
    alloc, free = text.alloc, text.free

    @njit(nogil=True)
    def until_flagged(heap, flag_addr):
        while load_word(flag_addr) == 0:
            free(heap, alloc(heap, 64, 3), 64, 3)

    flag = np.zeros(1, np.int64)
    until_flagged(native.NativeHeap(1), np.ones(1, np.int64).ctypes.data)  # compiled before the thread starts
    thread = threading.Thread(target=until_flagged, args=(native.NativeHeap(1), flag.ctypes.data))
    thread.start()
    flag[0] = 1  # never reached if the thread kept the GIL
    thread.join()


def test_a_new_thread_starts_at_lane_0_of_every_heap(text):
    heaps = [native.NativeHeap(4), native.NativeHeap(4)]
    heaps[0].set_thread_index(3)
    seen = []
    thread = threading.Thread(target=lambda: seen.extend(heap.thread_index for heap in heaps))
    thread.start()
    thread.join()
    assert seen == [0, 0]
    assert [heap.thread_index for heap in heaps] == [3, 0]


def test_a_thread_s_own_lane_is_its_alone_and_passes_to_another_when_it_ends():
    text = native.compile(improved)
    heap = native.NativeHeap(2)
    lanes, ever = [], set()
    together = threading.Barrier(20)

    def use():
        for _ in range(50):
            text.free(heap, text.alloc(heap, 24, 4), 24, 4)
        lanes.append(heap.adopt().addr)  # own_lane may have been set by another thread since
        together.wait()  # all are alive at once

    for _ in range(10):
        lanes.clear()
        threads = [threading.Thread(target=use) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(lanes)) == 20
        ever.update(lanes)
    assert len(ever) <= 40, "those of one round, and of threads of the round before that are not quite at their end"


def test_a_thread_enters_its_own_lane_and_no_other():
    heap = native.NativeHeap(2)
    assert not heap.enter(heap.own_lane), "it has none yet"
    lane = heap.adopt()
    assert heap.adopt().addr == lane.addr == heap.own_lane.addr
    assert heap.enter(lane)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(heap.enter(lane)))
    thread.start()
    thread.join()
    assert seen == [False]


def test_two_texts_do_not_share_state(text):
    first, second = native.NativeHeap(), native.NativeHeap()
    addr = text.alloc(first, 64, 3)
    text.free(first, addr, 64, 3)
    assert text.alloc(second, 64, 3) != addr


def test_a_heap_gives_its_memory_back_when_it_is_closed(text):
    heap = native.NativeHeap()
    addr = text.alloc(heap, 1 << 20, 12)
    mapped = _is_mapped(addr)
    heap.close()
    assert mapped
    assert not _is_mapped(addr)


def _is_mapped(addr):
    with open("/proc/self/maps") as maps:
        spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in maps]
    return any(start <= addr < end for start, end in spans)


def test_a_heap_without_lanes_is_refused():
    with pytest.raises(ValueError, match="at least one lane"):
        native.NativeHeap(0)


def test_a_bad_access_from_python_is_an_error_that_can_be_read(text):
    heap = native.NativeHeap()
    addr = text.alloc(heap, 1 << 20, 12)
    assert heap.load(addr + (1 << 19)) == 0
    with pytest.raises(MemoryFault, match="not mapped"):
        heap.load(64)
    with pytest.raises(MemoryFault, match="not a multiple of 8"):
        heap.store(addr + 1, 0)
    with pytest.raises(MemoryFault, match="no mapping of 65536 bytes"):
        heap.unmap(addr, 65536)
    with pytest.raises(MemoryFault, match="reach past the end"):
        heap.view(addr, 2 << 20)


# Learners' texts


def test_a_text_of_own_structure_compiles_and_works():
    text = native.compile(learners.__file__)
    heap = native.NativeHeap(2)
    live = {}
    for number, length in enumerate([1, 16, 17, 80, 81, 100, 1000, 5000, 16384, 16385, 100_000] * 40):
        addr = text.alloc(heap, length, 4)
        heap.view(addr, length)[:] = bytes([number % 251]) * length
        live[addr] = (number, length)
    for addr, (number, length) in live.items():
        assert bytes(heap.view(addr, length)) == bytes([number % 251]) * length
        text.free(heap, addr, length, 4)


def test_functions_may_come_from_other_modules(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from refalloc import allocator\n"
        "from refalloc.allocator import alloc, free, resize\n"
        "def remap(heap, addr, length, new_length, align_log2):\n"
        "    if allocator.slot_size(allocator.size_class_index(length, align_log2)) >= new_length:\n"
        "        return addr\n"
        "    return 0\n"
    )
    text = native.compile(tmp_path / "mine.py")
    heap = native.NativeHeap()
    addr = text.alloc(heap, 40, 3)
    assert text.remap(heap, addr, 40, 64, 3) == addr
    assert text.remap(heap, addr, 40, 65, 3) == 0


def test_all_lanes_can_be_walked(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from refalloc.allocator import free, resize, remap\n"
        "def alloc(heap, length, align_log2):\n"
        "    total = 0\n"
        "    for number, lane in enumerate(heap.lanes):\n"
        "        if lane is not heap.lanes[0]:\n"
        "            total += number * 100 + lane.frees[2] + len(lane.frees)\n"
        "    return total\n"
    )
    heap = native.NativeHeap(3)
    heap.lanes[2].frees[2] = 7
    assert native.compile(tmp_path / "mine.py").alloc(heap, 1, 0) == 300 + 7 + 2 * 64


def test_an_edited_text_is_compiled_anew(tmp_path):
    path = tmp_path / "mine.py"
    for answer in (1, 2, 1):
        path.write_text(
            "from refalloc.allocator import free, resize, remap\n"
            f"ANSWER = {answer}\n"
            "def alloc(heap, length, align_log2):\n    return ANSWER\n"
        )
        assert native.compile(path).alloc(native.NativeHeap(1), 1, 0) == answer


def test_a_table_in_a_tuple_is_read_as_it_stands(tmp_path):
    path = tmp_path / "mine.py"
    for table in ((16, 48, 1 << 62), (16, -48, 7)):
        path.write_text(
            "from refalloc.allocator import free, resize, remap\n"
            f"TABLE = {table}\n"
            "def alloc(heap, length, align_log2):\n"
            "    first, _, last = TABLE\n"
            "    if first not in TABLE or last != TABLE[-1] or len(TABLE) != 3:\n        return 0\n"
            "    return TABLE[length]\n"
        )
        alloc = native.compile(path).alloc
        assert [alloc(native.NativeHeap(1), length, 0) for length in range(3)] == [*table]


def test_compiled_code_comes_from_disk_the_second_time(text):
    again = native.compile(allocator)
    assert again.alloc is not text.alloc
    assert sum(again.alloc.stats.cache_hits.values()) == 1
    assert not again.alloc.stats.cache_misses


FAULTY = {
    "no_such_member": ("    return heap.malloc(length)", 4, "a heap has lanes, thread_index"),
    "index_set": ("    heap.thread_index = 1\n    return 0", 4, r"heap\.set_thread_index\(index\)"),
    "none": (
        "    if length > 9:\n        return None\n    return heap.map(length, 0)",
        None,
        "use 0 where there is none",
    ),
    "float": ("    return heap.map(length / 2, align_log2)", 4, "`/` makes a float"),
    "undefined": ("    return helper(length)", 4, "define the name before"),
    "lane_member": ("    return heap.lanes[0].free_list[0]", 4, "a lane has next_addrs and frees"),
    "generator": ("    for n in (m for m in range(3)):\n        heap.load(n)\n    return 0", None, "generators"),
    "with": ("    with heap.lanes[0]:\n        return 0", 4, "generators"),
    "dict": ("    return heap.map(STATE[length], 0)", 4, "cannot hold the allocator's state"),
    "list": ("    return heap.map(TABLE[length], 0) + TABLE.pop()", 4, "cannot hold the allocator's state"),
    "arguments": ("    return heap.map(length)", 4, "arguments"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_text_that_cannot_be_compiled_gets_line_reason_and_remedy(fault, tmp_path):
    body, line, remedy = FAULTY[fault]
    path = tmp_path / "mine.py"
    path.write_text(
        "from refalloc.allocator import free, resize, remap\n"
        "STATE, TABLE = {1: 2}, [1, 2]\n"
        f"def alloc(heap, length, align_log2):\n{body}\n"
    )
    with pytest.raises(native.CompileError, match=remedy) as raised:
        native.compile(path)
    message = str(raised.value)
    assert f"mine.py:{line}:" in message if line else "mine.py:" in message
    assert "the compiler says" in message
    assert len(message.splitlines()) == 3


def test_a_text_without_a_function_is_told_which(tmp_path):
    (tmp_path / "mine.py").write_text("def alloc(heap, length, align_log2):\n    return 0\n")
    with pytest.raises(native.CompileError, match=r"free, resize, remap; expected free\(heap, addr, length"):
        native.compile(tmp_path / "mine.py")
    with pytest.raises(FileNotFoundError, match="no file"):
        native.compile(tmp_path / "missing.py")
