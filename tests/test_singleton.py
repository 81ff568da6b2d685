import subprocess
import sys
import textwrap
import threading

import pytest

import refalloc
from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator


@pytest.fixture
def unmade(monkeypatch):
    monkeypatch.setattr(refalloc, "_allocator", None)
    for name in ("alloc", "free"):  # which making the allocator replaces
        monkeypatch.setattr(refalloc, name, getattr(refalloc, name))


def test_every_thread_gets_the_same_allocator():
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(refalloc.the_allocator())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(allocator) for allocator in seen}) == 1


def test_it_is_made_once_when_two_threads_ask_first(unmade, monkeypatch):
    making, second = threading.Event(), threading.Event()
    made = []

    class Slow(CheckedAllocator):
        def __init__(self):
            made.append(self)
            if making.is_set():
                second.set()
            making.set()
            second.wait(0.3)  # time for the other thread to make one too, if nothing stops it
            super().__init__()

    monkeypatch.setattr(refalloc, "CheckedAllocator", Slow)
    seen = []
    first = threading.Thread(target=lambda: seen.append(refalloc.the_allocator()))
    first.start()
    making.wait()
    other = threading.Thread(target=lambda: seen.append(refalloc.the_allocator()))
    other.start()
    first.join()
    other.join()
    assert len(made) == 1
    assert seen == [made[0], made[0]]


def test_the_functions_work_on_it():
    addr = refalloc.alloc(100)
    assert addr % 16 == 0
    refalloc.view(addr, 5)[:] = b"hello"
    assert refalloc.resize(addr, 100, 128)
    assert refalloc.remap(addr, 128, 100) == addr
    assert bytes(refalloc.view(addr, 5)) == b"hello"
    refalloc.free(addr, 100)
    assert refalloc.trim() >= 65536


def test_threads_that_hammer_it_never_share_a_block():
    refalloc.trim()
    failures = []
    before = refalloc.the_allocator().live_blocks()

    def hammer(number):
        try:
            live = {}
            for step in range(4000):
                if len(live) < 40:
                    length = 1 + (step * 7919 + number * 104729) % 3000
                    addr = refalloc.alloc(length)
                    pattern = bytes([number, step % 256]) * (length // 2 + 1)
                    refalloc.view(addr, length)[:] = pattern[:length]
                    live[addr] = (length, pattern[:length])
                else:
                    addr = next(iter(live))
                    length, pattern = live.pop(addr)
                    assert refalloc.view(addr, length) == pattern, f"{addr:#x} was written by someone else"
                    refalloc.free(addr, length)
            for addr, (length, pattern) in live.items():
                assert refalloc.view(addr, length) == pattern
                refalloc.free(addr, length)
        except BaseException as error:
            failures.append(error)

    switch_interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=hammer, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switch_interval)
    assert failures == []
    allocator = refalloc.the_allocator()
    assert allocator.live_blocks() == before
    check_invariants(allocator.heap, before)


def test_a_child_forked_while_threads_allocate_can_allocate():
    code = """
    import os, threading, warnings
    import refalloc
    warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is the point
    stop = threading.Event()
    def work():
        while not stop.is_set():
            refalloc.free(refalloc.alloc(100), 100)
            refalloc.free(refalloc.alloc(100_000), 100_000)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for _ in range(100):
        child = os.fork()
        if child == 0:
            refalloc.free(refalloc.alloc(100), 100)
            refalloc.free(refalloc.alloc(100_000), 100_000)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    stop.set()
    for thread in threads: thread.join()
    print("done")
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (result.stdout, result.stderr) == ("done\n", "")
