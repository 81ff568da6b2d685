"""Which of a buffer's pages have memory behind them: mincore(2) of Linux.

A page that has been swapped out has none. Left out: other systems. Their mincore says other things, or there is none.
"""

import ctypes
import functools
import mmap
import os
import sys

_IS_RESIDENT = bytes(status & 1 for status in range(256))  # of a page's status only the lowest bit is defined


class ResidentUnknownError(NotImplementedError):
    """This system does not say which pages have memory behind them."""


def resident_len(buffer):
    """Bytes of the pages of a buffer that have memory behind them now.

    Args:    buffer: writable memoryview, that starts at one of the system's pages.
    Returns: int, bytes, a multiple of mmap.PAGESIZE.
    Raises:  ResidentUnknownError; OSError, as mincore(2) says.
    """
    _require_truth()
    return _mincore(buffer)


@functools.cache
def _require_truth():
    """Raise ResidentUnknownError unless mincore tells a page that was written from one that never was.

    gVisor's says of every page that it is resident (pkg/sentry/syscalls/linux/sys_mmap.go).
    """
    if sys.platform != "linux":
        raise ResidentUnknownError(
            f"on {sys.platform} it is not known which pages have memory behind them; only Linux is asked, by mincore(2)"
        )
    with mmap.mmap(-1, 2 * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as probe:
        untouched = _mincore(memoryview(probe))
        probe[0] = 1
        touched = _mincore(memoryview(probe))
    if (untouched, touched) != (0, mmap.PAGESIZE):
        raise ResidentUnknownError(
            f"mincore(2) of this system calls {untouched} bytes of two pages resident before any is written, and "
            f"{touched} after one was, not 0 and {mmap.PAGESIZE}; run this on a Linux kernel of its own"
        )


def _mincore(buffer):
    length = len(buffer)
    start = ctypes.c_char.from_buffer(buffer)
    statuses = ctypes.create_string_buffer(-(-length // mmap.PAGESIZE))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mincore(ctypes.byref(start), ctypes.c_size_t(length), statuses) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mincore(2) of {length} bytes: {os.strerror(number)}")
    return statuses.raw.translate(_IS_RESIDENT).count(1) * mmap.PAGESIZE
