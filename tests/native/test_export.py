import ctypes
import itertools
import os
import random
import re
import resource
import stat
import subprocess
import sys

import pytest
from libraries import TEXTS, library, require_program, run_python

from refalloc import native
from refalloc.native.export import export
from refalloc.native.linking import SHARED, ExportError, find_linker, link, link_ir
from refalloc.native.running import run_preloaded
from refalloc.native.trial import TrialError

ENOMEM, EINVAL = 12, 22
SIZES = [1, 8, 15, 16, 17, 24, 25, 63, 64, 65, 100, 1000, 4095, 4096, 4097, 16384, 16385, 32768, 32769, 65536, 200_000]


@pytest.fixture(scope="module", params=TEXTS)
def lib(request):
    """The library, loaded beside the process's own malloc and called through pointers."""
    lib = ctypes.CDLL(str(library(request.param)), use_errno=True)
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    for name, result, *arguments in (
        ("malloc", pointer, size),
        ("free", None, pointer),
        ("calloc", pointer, size, size),
        ("realloc", pointer, pointer, size),
        ("reallocarray", pointer, pointer, size, size),
        ("aligned_alloc", pointer, size, size),
        ("memalign", pointer, size, size),
        ("posix_memalign", ctypes.c_int, ctypes.POINTER(pointer), size, size),
        ("valloc", pointer, size),
        ("pvalloc", pointer, size),
        ("malloc_usable_size", size, pointer),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def _bytes(addr, length):
    return ctypes.string_at(addr, length)


def _pattern(seed, length):
    return random.Random(seed).randbytes(length)


@pytest.mark.parametrize("name", TEXTS)
def test_the_library_needs_libc_alone(name):
    require_program("readelf", "binutils")
    dynamic = subprocess.run(["readelf", "-d", library(name)], capture_output=True, text=True, check=True).stdout
    needed = [line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "(NEEDED)" in line]
    assert needed == ["libc.so.6"]
    symbols = subprocess.run(["nm", "-D", library(name)], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in symbols.splitlines()]
    undefined = {row[-1].partition("@")[0] for row in rows if row[-2] == "U"}
    defined = {row[-1] for row in rows if row[-2] == "T"}
    assert not {symbol for symbol in undefined if symbol.startswith(("Py", "_Py", "numba", "NRT"))}
    assert defined == {
        *("malloc", "free", "calloc", "realloc", "reallocarray", "aligned_alloc", "memalign", "posix_memalign"),
        *("valloc", "pvalloc", "malloc_usable_size", "malloc_trim"),
    }


def test_blocks_are_aligned_to_16_apart_and_keep_their_bytes(lib):
    blocks = {}
    for number, size in enumerate(SIZES * 20):
        addr = lib.malloc(size)
        assert addr % 16 == 0
        contents = _pattern(number, size)
        ctypes.memmove(addr, contents, size)
        blocks[addr] = contents
    for (addr, contents), (following, _) in itertools.pairwise(sorted(blocks.items())):
        assert addr + len(contents) <= following
    for addr, contents in blocks.items():
        assert _bytes(addr, len(contents)) == contents
        lib.free(addr)


def test_malloc_of_0_gives_blocks_that_are_apart(lib):
    addrs = {lib.malloc(0) for _ in range(10)}
    assert len(addrs) == 10
    assert None not in addrs
    for addr in addrs:
        lib.free(addr)


def test_free_of_null_does_nothing(lib):
    lib.free(None)


@pytest.mark.parametrize("size", [2**46, 2**47 + 1, 2**62, 2**63 - 1, 2**63, 2**64 - 4096, 2**64 - 1])
def test_a_size_that_no_system_has_is_refused_with_enomem(lib, size):
    kept = lib.malloc(100)
    ctypes.memmove(kept, b"k" * 100, 100)
    for call in (
        lambda: lib.malloc(size),
        lambda: lib.calloc(1, size),
        lambda: lib.calloc(size, 1),
        lambda: lib.realloc(kept, size),
        lambda: lib.reallocarray(kept, 1, size),
        lambda: lib.aligned_alloc(64, size),
        lambda: lib.memalign(64, size),
        lambda: lib.valloc(size),
        lambda: lib.pvalloc(size),
    ):
        ctypes.set_errno(0)
        assert call() is None
        assert ctypes.get_errno() == ENOMEM
    assert _bytes(kept, 100) == b"k" * 100
    lib.free(kept)


@pytest.mark.parametrize(
    ("number", "size"),
    [(2**32, 2**32), (2**63, 2), (2**64 - 1, 2**64 - 1), (3, 2**63), (2**33, 2**31), (2**62, 6), (2**31, 2**33 + 1)],
)
def test_a_product_that_overflows_is_refused(lib, number, size):
    kept = lib.malloc(64)
    for call in (lambda: lib.calloc(number, size), lambda: lib.reallocarray(kept, number, size)):
        ctypes.set_errno(0)
        assert call() is None
        assert ctypes.get_errno() == ENOMEM
    lib.free(kept)


def test_a_product_with_0_is_no_overflow(lib):
    for number, size in ((0, 2**63), (2**63, 0), (0, 0)):
        addr = lib.calloc(number, size)
        assert addr
        lib.free(addr)


def test_calloc_zeroes_what_was_used_before(lib):
    for size in SIZES:
        dirty = [lib.malloc(size) for _ in range(4)]
        for addr in dirty:
            ctypes.memset(addr, 0xEE, size)
            lib.free(addr)
        for addr in [lib.calloc(1, size), lib.calloc(size, 1)]:
            assert _bytes(addr, size) == bytes(size)
            lib.free(addr)


@pytest.mark.parametrize("name", ["reference", "improved"])
def test_calloc_of_fresh_pages_leaves_them_untouched(name):
    lib = ctypes.CDLL(str(library(name)))
    lib.calloc.restype, lib.calloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t, ctypes.c_size_t]
    lib.free.argtypes = [ctypes.c_void_p]
    for size in (300_000, 30_000_000):
        before = _resident_len()
        addrs = [lib.calloc(1, size) for _ in range(20)]
        assert _resident_len() - before < 20 * size // 4
        for addr in addrs:
            assert _bytes(addr + size - 100, 100) == bytes(100)
            ctypes.memset(addr, 0xEE, size)
            lib.free(addr)
        addr = lib.calloc(size, 1)
        assert _bytes(addr, size) == bytes(size), "what was written before is gone"
        lib.free(addr)


def test_calloc_of_a_text_that_keeps_large_blocks_or_links_fresh_ones_is_zero(tmp_path):
    (tmp_path / "mine.py").write_text(KEEPER)
    export(tmp_path / "mine.py", tmp_path / "mine.so")
    lib = ctypes.CDLL(str(tmp_path / "mine.so"))
    lib.calloc.restype, lib.calloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t, ctypes.c_size_t]
    lib.free.argtypes = [ctypes.c_void_p]
    for size in (10, 20_000, 40_000, 300_000):
        for _ in range(3):
            addrs = [lib.calloc(1, size) for _ in range(5)]
            for addr in addrs:
                assert _bytes(addr, size) == bytes(size), size
                ctypes.memset(addr, 0xEE, size)
            for addr in addrs:
                lib.free(addr)


# Slots of 64 bytes, 32 KiB and 64 KiB, all linked when they are mapped; and the large block freed last is kept.
KEEPER = """
SIZES = (64, 32768, 65536)

def pick(length, align_log2):
    length = max(length, 1 << align_log2)
    if length <= SIZES[0]:
        return 0
    if length <= SIZES[1]:
        return 1
    return 2 if length <= SIZES[2] else 3

def size_of(kind):
    return 64 if kind == 0 else 32768 if kind == 1 else 65536

def enter(heap):
    while not heap.try_lock(heap.lanes[0]):
        pass
    return heap.lanes[0]

def alloc(heap, length, align_log2):
    kind = pick(length, align_log2)
    lane = enter(heap)
    addr = lane.frees[kind]
    if kind == 3:
        if addr != 0 and heap.load(addr + 8) == length and align_log2 <= 12:
            lane.frees[kind] = heap.load(addr)
        else:
            addr = heap.map(length, align_log2)
    else:
        if addr == 0:
            slab = heap.map(1 << 19, 16)
            end = slab + (1 << 19) if slab != 0 else slab
            for slot in range(slab, end, size_of(kind)):
                heap.store(slot, lane.frees[kind])
                lane.frees[kind] = slot
            addr = lane.frees[kind]
        if addr != 0:
            lane.frees[kind] = heap.load(addr)
    heap.unlock(lane)
    return addr

def free(heap, addr, length, align_log2):
    kind = pick(length, align_log2)
    lane = enter(heap)
    heap.store(addr, lane.frees[kind])
    if kind == 3:
        heap.store(addr + 8, length)
    lane.frees[kind] = addr
    heap.unlock(lane)

def resize(heap, addr, length, new_length, align_log2):
    kind = pick(length, align_log2)
    if kind != pick(new_length, align_log2):
        return False
    return kind < 3 or length == new_length or heap.remap(addr, length, new_length, False) != 0

def remap(heap, addr, length, new_length, align_log2):
    return addr if resize(heap, addr, length, new_length, align_log2) else 0
"""


def test_realloc_keeps_the_bytes_between_all_sizes(lib):
    for old, new in itertools.product(SIZES, repeat=2):
        contents = _pattern(old, old)
        addr = lib.malloc(old)
        ctypes.memmove(addr, contents, old)
        addr = lib.realloc(addr, new)
        assert _bytes(addr, min(old, new)) == contents[: min(old, new)], (old, new)
        assert addr % 16 == 0
        ctypes.memset(addr, 1, new)
        lib.free(addr)


def test_realloc_keeps_every_usable_byte(lib):
    for size in SIZES:
        addr = lib.malloc(size)
        usable = lib.malloc_usable_size(addr)
        assert usable >= size
        ctypes.memset(addr, 0x5A, usable)
        addr = lib.realloc(addr, usable + 100_000)
        assert _bytes(addr, usable) == b"\x5a" * usable
        lib.free(addr)


def test_realloc_of_null_allocates_and_to_0_frees(lib):
    addr = lib.realloc(None, 100)
    assert lib.malloc_usable_size(addr) >= 100
    assert lib.realloc(addr, 0) is None
    assert lib.malloc_usable_size(None) == 0


def test_realloc_to_much_less_frees_memory(lib):
    addr = lib.realloc(lib.malloc(32_000), 16)
    assert lib.malloc_usable_size(addr) < 1000
    lib.free(addr)


def test_aligned_blocks_are_aligned_and_can_be_reallocated(lib):
    for log2 in range(18):
        for size in (1, 8, 100, 5000, 40_000, 100_000):
            addrs = [lib.memalign(1 << log2, size), lib.aligned_alloc(1 << log2, size)]
            if log2 >= 3:
                result = ctypes.c_void_p()
                assert lib.posix_memalign(ctypes.byref(result), 1 << log2, size) == 0
                addrs.append(result.value)
            for addr in addrs:
                assert addr % (1 << log2) == 0, (log2, size)
                ctypes.memset(addr, 0xAB, size)
                assert lib.malloc_usable_size(addr) >= size
            for addr in addrs:
                assert _bytes(addr, size) == b"\xab" * size
                grown = lib.realloc(addr, size * 2)
                assert _bytes(grown, size) == b"\xab" * size
                lib.free(grown)


def test_slots_mapped_for_an_aligned_block_serve_others_too(lib):
    first = lib.memalign(4096, 10)  # maps a slab if there is none of its class
    others = [lib.malloc(4096) for _ in range(50)] + [lib.memalign(1024, 3000) for _ in range(50)]
    for addr in others:
        ctypes.memset(addr, 0x11, 3000)
        addr = lib.realloc(addr, 4000)
        assert _bytes(addr, 3000) == b"\x11" * 3000
        lib.free(addr)
    lib.free(first)


def test_odd_alignments_are_answered_as_posix_says(lib):
    result = ctypes.c_void_p(1)
    for alignment in (0, 1, 4, 24, 100):
        ctypes.set_errno(0)
        assert lib.posix_memalign(ctypes.byref(result), alignment, 8) == EINVAL
        assert ctypes.get_errno() == 0
    assert lib.posix_memalign(ctypes.byref(result), 8, 2**62) == ENOMEM
    assert result.value == 1, "left as it was"
    for alignment in (0, 3, 48):
        ctypes.set_errno(0)
        assert lib.aligned_alloc(alignment, 96) is None
        assert ctypes.get_errno() == EINVAL
    assert lib.memalign(48, 10) % 64 == 0, "rounded up, as glibc does"


def test_valloc_and_pvalloc_give_pages(lib):
    assert lib.valloc(1) % 4096 == 0
    addr = lib.pvalloc(4097)
    assert addr % 4096 == 0
    assert lib.malloc_usable_size(addr) >= 8192


def test_free_keeps_errno(lib):
    for size in SIZES:
        addr = lib.malloc(size)
        ctypes.set_errno(77)
        lib.free(addr)
        assert ctypes.get_errno() == 77


def test_large_blocks_go_back_and_grow_in_place_or_move(lib):
    addr = lib.malloc(1 << 20)
    ctypes.memset(addr, 3, 1 << 20)
    for length in (1 << 22, 1 << 24, 3 << 20, 1 << 16):
        addr = lib.realloc(addr, length)
        assert _bytes(addr, 1 << 16) == b"\x03" * (1 << 16)
    lib.free(addr)


def test_a_random_run_keeps_every_block_whole(lib):
    rng = random.Random(5)
    live = {}
    for _ in range(20_000):
        choice = rng.random()
        if choice < 0.5 or not live:
            size = int(2 ** rng.uniform(0, 17))
            addr = lib.malloc(size)
            assert addr not in live
            live[addr] = rng.randbytes(min(size, 48))
            ctypes.memmove(addr, live[addr], len(live[addr]))
        else:
            addr = rng.choice(list(live)) if len(live) < 200 else next(iter(live))
            contents = live.pop(addr)
            assert _bytes(addr, len(contents)) == contents
            if choice < 0.9:
                lib.free(addr)
            else:
                size = int(2 ** rng.uniform(0, 17))
                addr = lib.realloc(addr, size)
                live[addr] = contents[:size]
                assert _bytes(addr, len(live[addr])) == live[addr]
    for addr in live:
        lib.free(addr)


def test_malloc_trim_gives_back_what_is_free():
    lib = ctypes.CDLL(str(library("improved")))
    lib.malloc.restype, lib.malloc.argtypes, lib.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
    kept = lib.malloc(100)
    ctypes.memset(kept, 9, 100)
    blocks = [lib.malloc(60_000) for _ in range(50)] + [lib.malloc(2000) for _ in range(5000)]
    for addr in blocks:
        ctypes.memset(addr, 1, 2000)
    full = _resident_len()
    for addr in blocks:
        lib.free(addr)
    assert lib.malloc_trim(0) == 1
    assert full - _resident_len() > 9_000_000
    assert lib.malloc_trim(0) == 0
    assert _bytes(kept, 100) == b"\x09" * 100
    lib.free(kept)


def _resident_len():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * 4096


# Wrong calls


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("libc.free(0x1234560)", "refalloc: free(0x1234560): not a block of this allocator"),
        ("libc.free(0xdeadbeefdeadbee0)", "refalloc: free(0xdeadbeefdeadbee0): not a block of this allocator"),
        ("p = libc.malloc(1 << 20); libc.free(p); libc.free(p)", "a large one freed already"),
        ("libc.realloc(0x1234560, 10)", "refalloc: realloc(0x1234560)"),
        ("libc.malloc_usable_size(0x1234560)", "refalloc: malloc_usable_size(0x1234560)"),
    ],
)
def test_a_pointer_never_handed_out_ends_the_program_with_one_line(wrong, said):
    script = (
        "import ctypes\nlibc = ctypes.CDLL(None)\nsize, pointer = ctypes.c_size_t, ctypes.c_void_p\n"
        "libc.malloc.restype, libc.malloc.argtypes = pointer, [size]\nlibc.free.argtypes = [pointer]\n"
        "libc.realloc.argtypes = [pointer, size]\nlibc.malloc_usable_size.argtypes = [pointer]\n" + wrong
    )
    done = run_python(script, "reference")
    assert done.returncode == -6
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert said in lines[0]


BROKEN = {
    "overlap": ("    return 1 << 20 if False else heap.map(65536, 16) & -65536 | 8", "expected a multiple of 16"),
    "null": ("    return 0", "returned 0x0"),
    "never_unlocked": (
        "    while not heap.try_lock(heap.lanes[0]):\n        pass\n    return heap.map(length, align_log2)",
        "did not return within",
    ),
    "crash": ("    return heap.load(8)", "it crashed"),
    "one_mapping_for_all": (
        "    lane = heap.lanes[0]\n"
        "    if lane.next_addrs[0] == 0:\n        lane.next_addrs[0] = heap.map(1 << 30, 16)\n"
        "    lane.next_addrs[0] = (lane.next_addrs[0] + length + (1 << align_log2) - 1) & -(1 << align_log2)\n"
        "    return lane.next_addrs[0] - 0\n",
        "lie in one mapping|overlap",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_text_that_fails_its_trial_is_not_exported(fault, tmp_path, monkeypatch):
    body, said = BROKEN[fault]
    path = tmp_path / "mine.py"
    path.write_text(
        f"from refalloc.allocator import free, resize, remap\ndef alloc(heap, length, align_log2):\n{body}\n"
    )
    if fault == "never_unlocked":
        monkeypatch.setattr("refalloc.native.trial.TIME_LIMIT", 8)
    with pytest.raises(TrialError, match=said):
        export(path, tmp_path / "out.so")
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "__pycache__"] == ["mine.py"]


def test_a_text_that_raises_is_not_exported(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from refalloc import allocator\nfrom refalloc.allocator import free, resize, remap\n"
        "def alloc(heap, length, align_log2):\n"
        "    if length > 1 << 40:\n        raise MemoryError('too long')\n"
        "    return allocator.alloc(heap, length, align_log2)\n"
    )
    with pytest.raises(ExportError, match="a `raise`, an assert"):
        export(path, tmp_path / "out.so")
    assert not (tmp_path / "out.so").exists()


def test_a_text_with_a_table_in_a_tuple_is_exported(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from refalloc import allocator\nfrom refalloc.allocator import free, resize, remap\n"
        "EXTRA = (0, 0, 0, 0, 0)\n"
        "def alloc(heap, length, align_log2):\n"
        "    return allocator.alloc(heap, length, align_log2 + EXTRA[length % len(EXTRA)])\n"
    )
    export(path, tmp_path / "out.so")
    lib = ctypes.CDLL(str(tmp_path / "out.so"))
    lib.malloc.restype = ctypes.c_void_p
    assert lib.malloc(100) % 16 == 0


@pytest.mark.parametrize("table", ["((0, 1),) * 64", "(0, (0, 1)) * 32", "(0, 0.5) * 32"])
def test_an_index_into_another_tuple_is_refused_and_named(tmp_path, table):
    path = tmp_path / "mine.py"
    path.write_text(
        "from refalloc import allocator\nfrom refalloc.allocator import free, resize, remap\n"
        f"EXTRA = {table}\n"
        "def alloc(heap, length, align_log2):\n"
        "    return 0 if EXTRA[align_log2] == (7, 7) else allocator.alloc(heap, length, align_log2)\n"
    )
    with pytest.raises((ExportError, native.CompileError), match=r"an index into a tuple|of tuples, only"):
        export(path, tmp_path / "out.so")


def test_a_text_that_cannot_be_compiled_is_not_exported(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from refalloc.allocator import free, resize, remap\n"
        "def alloc(heap, length, align_log2):\n    return heap.malloc(length)\n"
    )
    with pytest.raises(native.CompileError, match="a heap has lanes"):
        export(path, tmp_path / "out.so")


def test_a_missing_linker_is_said_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(ExportError, match="CC is no-such-compiler, which is not there; run: apt install gcc"):
        find_linker()
    monkeypatch.setenv("CC", "false")  # there, and fails
    with pytest.raises(ExportError, match=r"false .*failed"):
        export(TEXTS["reference"], tmp_path / "out.so")
    assert not list(tmp_path.iterdir())


def test_nothing_to_link_with_is_said_before_the_work(monkeypatch, tmp_path):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("refalloc.native.linking.util.find_spec", lambda name: None)
    with pytest.raises(ExportError, match="neither cc, gcc nor clang is installed; run: apt install gcc, or: pip"):
        export(tmp_path / "a text that would not be found", tmp_path / "out.so")


DIGITS = "0123456789" * 10_000
DIGITS_IR = f"""
@digits = global [{len(DIGITS)} x i8] c"{DIGITS}"
define i64 @digit_at(i64 %index) {{
  %addr = getelementptr i8, ptr @digits, i64 %index
  %byte = load i8, ptr %addr
  %word = zext i8 %byte to i64
  ret i64 %word
}}
"""


@pytest.mark.parametrize(("room", "said"), [(1000, "File too large"), (105_000, "failed|killed")])
def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path, room, said):
    """Writing ends after `room` bytes: in the object file, or in the library that the linker makes of it."""
    module = link_ir(DIGITS_IR, [], is_public=lambda symbol: symbol == "digit_at")
    (tmp_path / "out.so").write_bytes(b"what was there before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises((OSError, ExportError), match=said):
            link(module, tmp_path / "out.so", SHARED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.so"]
    assert (tmp_path / "out.so").read_bytes() == b"what was there before"
    link(module, tmp_path / "out.so", SHARED)
    assert ctypes.CDLL(str(tmp_path / "out.so")).digit_at(99_997) == ord("7")


@pytest.mark.parametrize("platform", ["darwin", "freebsd14"])
def test_where_a_library_is_not_promised_what_works_is_said(platform, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(ExportError, match=f"works on Linux, and this is {platform}; here the text runs compiled"):
        export(TEXTS["reference"], tmp_path / "out.so")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        (
            "sys.platform = 'win32'",
            "Error: refalloc.native needs Linux, or macOS .*this is Windows.* compiled in WSL.*",
        ),
        (
            "sys.modules['numba'] = None",
            "Error: refalloc.native needs Numba .*; run, in the folder of refalloc: pip install --editable '..native.'",
        ),
    ],
)
@pytest.mark.parametrize("command", [["export", "mine.so"], ["run", "--", "ls"], ["bench", "native"]])
def test_commands_say_what_a_computer_lacks(absent, said, command, tmp_path):
    loaded = "import sys; from refalloc.cli import main; from refalloc.commands import bench_native, export, run"
    script = f"{loaded}; {absent}; main({command})"  # click itself is another on Windows
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(said, done.stderr.strip()), done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "the library has no name; pass a path for it"),
        (".", r"\. is a folder, and a library would take its place"),
        ("/dev/null", "/dev/null is no regular file, and a library would take its place"),
    ],
)
def test_a_place_that_cannot_hold_a_library_is_refused_at_once(place, said, monkeypatch):
    monkeypatch.setattr("refalloc.native.export.try_out", lambda text: pytest.fail("only after the minute's work"))
    with pytest.raises(ExportError, match=said):
        export(TEXTS["reference"], place)
    with open("/dev/null", "wb") as null:
        null.write(b"still a device")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_text_that_fails_leaves_the_library_that_was_there(tmp_path):
    path, out = tmp_path / "mine.py", tmp_path / "out.so"
    path.write_text(
        "from refalloc.allocator import free, resize, remap\ndef alloc(heap, length, align_log2):\n    return 0\n"
    )
    out.write_bytes(b"the library of yesterday")
    with pytest.raises(TrialError, match="returned 0x0"):
        export(path, out)
    assert out.read_bytes() == b"the library of yesterday"


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(ExportError, match="no folder"):
        export(TEXTS["reference"], tmp_path / "missing" / "out.so")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def alloc(heap, length, align_log2):\n    return (1\n", r"mine\.py:2: not Python: '\(' was never closed"),
        ("\nimport no_such_module\n", r"mine\.py:2: cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_imported_is_said_with_its_line(tmp_path, source, said):
    path = tmp_path / "mine.py"
    path.write_text(source)
    for use in (lambda: export(path, tmp_path / "out.so"), lambda: run_preloaded(path, ["ls"])):
        with pytest.raises(native.CompileError, match=said):
            use()
