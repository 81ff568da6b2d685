"""Pages from the system, for compiled code: mmap, munmap and mremap of libc.

Addresses are taken in chunks of CHUNK_LEN, a slab's length: each mapping starts at a multiple of it, so that a table of
what lies where needs one entry a chunk; no page of any system is longer; and neighbours join in the kernel's list of
mappings, which has room for 65,530. Memory is taken in pages: those that are not written, as behind the end of a
mapping in its last chunk, take none.

These are plain functions of int64 and take no lock. Errors of the system are the value 0, and its errno.
"""

import mmap
import sys

from numba.core import types
from numba.core.typing import signature

from refalloc import arena
from refalloc.native.compiler import compiled
from refalloc.native.words import unlikely

CHUNK_LEN = 64 * 1024
CHUNK_LOG2 = 16
MAX_GAPS = 4  # tries to get an aligned mapping as it comes

_READ_WRITE = mmap.PROT_READ | mmap.PROT_WRITE
_PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
_DONT_NEED = 4  # MADV_DONTNEED, the same on Linux and macOS
_POPULATE_WRITE = 23  # MADV_POPULATE_WRITE, linux/mman.h
_MAY_MOVE_FIXED = 3  # MREMAP_MAYMOVE | MREMAP_FIXED, linux/mman.h
_FAILED = -1
HAS_MREMAP = sys.platform == "linux"

whole_pages = compiled(arena.whole_pages)

_int, _addr = types.int32, types.int64
c_mmap = types.ExternalFunction("mmap", signature(_addr, _addr, types.int64, _int, _int, _int, types.int64))
c_munmap = types.ExternalFunction("munmap", signature(_int, _addr, types.int64))
c_madvise = types.ExternalFunction("madvise", signature(_int, _addr, types.int64, _int))
c_mremap = types.ExternalFunction("mremap", signature(_addr, _addr, types.int64, types.int64, _int, _addr))


@compiled
def whole_chunks(length):
    """`length` rounded up to whole chunks; bytes."""
    return (length + (CHUNK_LEN - 1)) & -CHUNK_LEN


@compiled
def map_pages(length, align_log2):
    """Zeroed pages for `length` bytes at a multiple of both 1 << `align_log2` and CHUNK_LEN.

    Returns: int64, the address; 0 when the system refuses.
    """
    # A length or alignment near 2**63 would wrap round; no system has 2**47 bytes of addresses to give.
    if unlikely(length < 0 or length >> 47 != 0 or align_log2 > 46):
        return 0
    length = whole_chunks(length)
    align = 1 << max(align_log2, CHUNK_LOG2)
    for _ in range(MAX_GAPS):
        addr = c_mmap(0, length, _READ_WRITE, _PRIVATE, -1, 0)
        if unlikely(addr == _FAILED):
            return 0
        if addr & (align - 1) == 0:  # the rule beside an aligned neighbour, as the kernel maps from the top down
            return addr
        _align_gap(addr, length)
    return _map_aligned(length, align)


@compiled
def _align_gap(addr, length):
    """Give a mapping back, but for what lies behind the last start of a chunk in it.

    Else the kernel would offer the same gap again, for every chunk to come. What is left takes addresses, less than
    CHUNK_LEN for each gap that there is between libraries, and no memory.
    """
    end = (addr + length) & -CHUNK_LEN
    c_munmap(addr, end - addr if end > addr else length)


@compiled
def _map_aligned(length, align):
    """Map more than is needed, and give back what lies before and behind the aligned part."""
    mapped = c_mmap(0, length + align, _READ_WRITE, _PRIVATE, -1, 0)
    if mapped == _FAILED:
        return 0
    addr = (mapped + align - 1) & -align
    if addr > mapped:
        c_munmap(mapped, addr - mapped)
    rest = mapped + align - addr
    if rest > 0:
        c_munmap(addr + length, rest)
    return addr


@compiled
def populate_pages(addr, length):
    """Let the system give memory to pages of a mapping now, in one step: a fault for each would cost thrice that.

    Systems that cannot, as Linux before 5.14, leave it at the faults.
    """
    c_madvise(addr, length, _POPULATE_WRITE)


@compiled
def unmap_pages(addr, length):
    """Give a mapping back."""
    c_munmap(addr, whole_chunks(length))


@compiled
def _forget_behind(addr, length, new_length):
    """Give the pages back that a mapping, made shorter, still has in its last chunk."""
    end = addr + whole_pages(new_length)
    rest = addr + min(whole_chunks(new_length), whole_pages(length)) - end
    if rest > 0:
        c_madvise(end, rest, _DONT_NEED)


if HAS_MREMAP:

    @compiled
    def resize_pages(addr, length, new_length):
        """Change a mapping's length where it is. Returns bool; False when refused, and nothing has changed."""
        if unlikely(new_length < 0 or new_length >> 47 != 0):
            return False
        chunks_len, new_chunks_len = whole_chunks(length), whole_chunks(new_length)
        if chunks_len != new_chunks_len and c_mremap(addr, chunks_len, new_chunks_len, 0, 0) == _FAILED:
            return False
        _forget_behind(addr, length, new_length)
        return True

    @compiled
    def move_pages(addr, length, new_addr, new_length):
        """Move a mapping's pages over another mapping, which they replace; no byte is copied.

        mremap alone would choose any page, and a mapping has to start at a chunk: hence a place that is made before.

        Returns: bool; False when refused, and nothing has changed.
        """
        length, new_length = whole_chunks(length), whole_chunks(new_length)
        return c_mremap(addr, length, new_length, _MAY_MOVE_FIXED, new_addr) != _FAILED

else:  # only Linux grows and moves mappings

    @compiled
    def resize_pages(addr, length, new_length):
        """Shrink a mapping in place; see the other one. Returns bool, False when it would grow."""
        chunks_len, new_chunks_len = whole_chunks(length), whole_chunks(new_length)
        if new_chunks_len > chunks_len:
            return False
        if new_chunks_len < chunks_len:
            c_munmap(addr + new_chunks_len, chunks_len - new_chunks_len)
        _forget_behind(addr, length, new_length)
        return True

    @compiled
    def move_pages(addr, length, new_addr, new_length):
        """See the other one. Returns False: refused."""
        return False
