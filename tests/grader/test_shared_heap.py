"""Heaps that judge and worker share: it reads true bytes, and no claim about pages or lanes stands."""

import pytest

from refalloc.grader.job import Checks
from refalloc.grader.sandbox import Limits

BIG = Limits(memory=1 << 30)  # address space: a heap takes 64 MiB of it, and hardly any memory
ALLOCATOR = """
from refalloc.allocator import alloc, free, resize
def take(heap, length, align_log2):
    return alloc(heap, length, align_log2)
def give(heap, addr, length, align_log2):
    return free(heap, addr, length, align_log2)
def grab(heap):
    from refalloc.allocator import lock
    return lock(heap)
def put(heap, addr, word):
    heap.store(addr, word)
"""
CHECK = """
import random
from refalloc.check import check_invariants

def test_a_heap_is_sound_after_any_calls(student):
    heap = student.new_heap(2)
    live, draw = {}, random.Random(7)
    for step in range(150):
        if live and draw.random() < 0.4:
            addr = draw.choice(list(live))
            student.give(heap, addr, *live.pop(addr))
        else:
            length = draw.choice([1, 8, 100, 5000, 40_000, 200_000])
            addr = student.take(heap, length, 3)
            assert addr not in live
            live[addr] = (length, 3)
            heap.write(addr, bytes([step % 256]) * min(length, 64))
    check_invariants(heap, [(addr, *shape) for addr, shape in live.items()])
"""


def checks(body, name="test_x"):
    return (Checks("test_x.py", f"def {name}(student):\n    {body}\n", False),)


def test_the_reference_on_a_shared_heap_is_sound(judge, bwrap):
    report = judge(ALLOCATOR, bwrap, (Checks("test_x.py", CHECK, False),), limits=BIG)
    assert report["outcome"] == "correct", report["tests"]


def test_the_cage_without_namespaces_shares_heaps_too(judge, landlock):
    report = judge(ALLOCATOR, landlock, (Checks("test_x.py", CHECK, False),), limits=BIG)
    assert report["outcome"] == "correct", report["tests"]


def test_a_lane_comes_back_as_the_judges_own(judge, bwrap):
    body = "heap = student.new_heap(3); heap.set_thread_index(1); lane = student.grab(heap)\n"
    body += "    assert lane is heap.lanes[1]; assert not heap.try_lock(lane)"
    assert judge(ALLOCATOR, bwrap, checks(body), limits=BIG)["outcome"] == "correct"


def test_pages_that_the_check_maps_are_there_for_the_worker(judge, bwrap):
    body = "heap = student.new_heap(); page = heap.map(4096, 0); student.put(heap, page + 8, 77)\n"
    body += "    assert heap.load(page + 8) == 77; heap.unmap(page, 4096)\n    student.put(heap, page, 1)"
    [test] = judge(ALLOCATOR, bwrap, checks(body), limits=BIG)["tests"]
    assert test["outcome"] == "crashed"
    assert "MemoryFault: store at arena + 0" in test["message"]


def test_many_heaps_one_after_the_other_fit(judge, bwrap):
    body = "for _ in range(60):\n        heap = student.new_heap(); page = heap.map(4096, 0)\n"
    body += "        student.put(heap, page, 5); assert heap.load(page) == 5"
    assert judge(ALLOCATOR, bwrap, checks(body), limits=BIG)["outcome"] == "correct"


# Answers that corrupt the heap or lie about it: the body of the function that the check calls.
LIES = {
    "an_address_that_is_not_mapped": "return 0x7fff00000000",
    "the_same_block_twice": "return heap.lanes[0].next_addrs[0] or alloc(heap, 8, 3)",
    "a_corrupted_link": """
    addr = alloc(heap, length, align_log2)
    heap.lanes[0].frees[0] = addr + 4
    return addr
""",
    "a_lane_left_locked": """
    addr = alloc(heap, length, align_log2)
    heap.try_lock(heap.lanes[0])
    return addr
""",
    "pages_that_it_only_pretends_to_have": """
    heap.open_pages(0x500003f00000, 1 << 16)
    return 0x500003f00000
""",
    "a_heap_that_is_none": """
    import refalloc.grader.shared_heap
    heap.number = 99
    return heap
""",
    "words_past_the_table": """
    heap._index_word[0] = (1 << 64) - 1
    return alloc(heap, length, 3)
""",
    "rubbish_all_over": """
    import random
    heap._file[:] = random.Random(1).randbytes(len(heap._file))
    return alloc(heap, 8, 3)
""",
    "a_shrunk_file": """
    import os
    os.ftruncate(0, 0)
    heap._file.resize(4096)
    return 0
""",
    "pages_of_another_heap": """
    heap.number = 5
    return heap.map(4096, 0)
""",
    "absurd_pages": "return heap.map(1 << 70, 1 << 30)",
    "an_alignment_as_long_as_all_memory": "return heap.map(4096, 1 << 40)",
    "words_that_change_while_the_judge_looks": """
    import threading
    def forever():
        import random
        while True:
            at = random.randrange(len(heap._file) - 4096)
            heap._file[at : at + 4096] = random.randbytes(4096)
            heap._file[:4096] = random.randbytes(4096)
    threading.Thread(target=forever, daemon=True).start()
    return alloc(heap, length, align_log2)
""",
}


@pytest.mark.parametrize("name", LIES)
def test_a_corrupted_heap_or_a_lie_about_it_is_found(judge, bwrap, nothing_left, name):
    answer = ALLOCATOR.replace("return alloc(heap, length, align_log2)", LIES[name].strip())
    report = judge(answer, bwrap, (Checks("test_x.py", CHECK, False),), limits=BIG)
    assert report["points"] == 0
    assert report["outcome"] in ("incorrect", "crashed"), report["tests"]
