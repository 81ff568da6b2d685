"""What works on this machine, and what to do where it does not."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import tempfile
import threading
from dataclasses import dataclass

from refalloc.arena import MemoryFault
from refalloc.checked import CheckedAllocator
from refalloc.course import CourseError
from refalloc.course.index import find_course
from refalloc.heap import Heap, available_cpu_count

MEMORY_WANTED = 1 << 30  # bytes of memory for the longest lesson, JupyterLab included
ADDRESSES_WANTED = 4 << 30  # bytes of address space for one check


@dataclass(frozen=True)
class Finding:
    """One thing looked at. Attributes: name: str; state: "works", "missing" (some lessons need it) or "broken" (all
    do); found: str; remedy: str, "" where it works."""

    name: str
    state: str
    found: str
    remedy: str = ""


def examine():
    """Look at this machine. Returns: list of Finding. Nothing is changed."""
    return [
        _python(),
        _memory_map(),
        _threads(),
        _memory(),
        _address_space(),
        _jupyter(),
        _course(),
        _compiler(),
        _numba(),
    ]


def _python():
    # An older Python than 3.11 gets no further than `make`, which says so.
    return Finding("Python", "works", f"{platform.python_implementation()} {platform.python_version()}")


def _memory_map():
    """Allocate, write, read back, free, and meet the fault that a stray access must raise."""
    try:
        allocator = CheckedAllocator(Heap(arena_len=1 << 20))
        addr = allocator.alloc(100)
        allocator.view(addr, 100)[:] = bytes(range(100))
        whole = bytes(allocator.view(addr, 100)) == bytes(range(100))
        allocator.free(addr, 100)
        try:
            allocator.heap.load(0)
        except MemoryFault:
            if whole:
                return Finding("mmap", "works", "a block was written, read back and freed")
        return Finding("mmap", "broken", "memory did not hold what was written", "say so to the course's authors")
    except (MemoryError, OSError) as error:
        return Finding("mmap", "broken", str(error), "raise the limit on address space: ulimit -v unlimited")


def _threads():
    ran: list[int] = []
    try:
        threads = [threading.Thread(target=ran.append, args=(index,)) for index in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except RuntimeError as error:
        return Finding("threads", "broken", str(error), "raise the limit on processes: ulimit -u")
    return Finding(
        "threads",
        "works",
        f"{len(ran)} ran; {available_cpu_count()} CPUs, so as many lanes (locks, each with slots of its own)",
    )


def _memory():
    try:
        length = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return Finding("memory", "works", "this system does not tell how much there is")
    if length < MEMORY_WANTED:
        return Finding("memory", "missing", f"{length / 2**30:.1f} GiB", "close other programs; lessons want 1 GiB")
    return Finding("memory", "works", f"{length / 2**30:.1f} GiB")


def _address_space():
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return Finding("address space", "works", "no limit on this system")
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return Finding("address space", "works", "no limit")
    if soft < ADDRESSES_WANTED:
        return Finding("address space", "missing", f"limited to {soft} bytes", "ulimit -v unlimited")
    return Finding("address space", "works", f"limited to {soft} bytes")


def _jupyter():
    try:
        version = importlib.metadata.version("jupyterlab")
    except importlib.metadata.PackageNotFoundError:
        return Finding("JupyterLab", "broken", "not installed", "make lab installs it and all else")
    return Finding("JupyterLab", "works", version)


def _course():
    try:
        course = find_course()
    except CourseError as error:
        return Finding("course", "broken", "not found", str(error))
    try:
        with tempfile.TemporaryFile(dir=course.root / "exercises"):
            pass
    except OSError as error:
        return Finding("course", "broken", f"{course.root}: {error.strerror}", "make that folder writable")
    return Finding("course", "works", f"{len(course.exercises)} exercises in {course.root}")


def _compiler():
    path = shutil.which("cc")
    if path is None:
        return Finding("C linker", "missing", "no cc", "lesson 14 needs it: install gcc or clang")
    return Finding("C linker", "works", path)


def _numba():
    if importlib.util.find_spec("numba") is None:
        return Finding("Numba", "missing", "not installed", "lessons 13 and 14 need it: pip install -e '.[native]'")
    return Finding("Numba", "works", importlib.metadata.version("numba"))
