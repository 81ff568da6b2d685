"""A good thread-safe memory allocator of about 200 lines, on real memory.

    import refalloc
    addr = refalloc.alloc(100)
    refalloc.view(addr, 100)[:5] = b"hello"
    refalloc.free(addr, 100)

The allocator is a singleton: there is one per process, shared by all threads and made when it is first asked for.
"""

import os
import threading

from refalloc.checked import CheckedAllocator

__all__ = ["alloc", "free", "remap", "resize", "the_allocator", "trim", "view"]

_allocator = None
_making = threading.Lock()


def _before_fork():
    _making.acquire()  # a child has only the thread that forks: nobody there would finish what another had begun
    if _allocator is not None:
        _allocator.before_fork()


def _after_fork():
    if _allocator is not None:
        _allocator.after_fork()
    _making.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def the_allocator():
    """The process's one allocator: CheckedAllocator, made by the first who asks."""
    global _allocator
    if _allocator is None:
        with _making:
            if _allocator is None:  # another thread may have made it while this one waited
                made = CheckedAllocator()
                for function in (alloc, free):  # from now on a call goes straight to it
                    straight = getattr(made, function.__name__)
                    straight.__doc__ = function.__doc__
                    globals()[function.__name__] = straight
                _allocator = made  # last: who sees it sees it whole
    return _allocator


def alloc(length, alignment=16):
    """Hand out a block.

    Args:    length: int, bytes, 1 or more; alignment: int, bytes, a power of two.
    Returns: int, its address, a multiple of `alignment`. Its bytes may hold anything.
    Raises:  ValueError, TypeError; MemoryError when the arena is full.
    Locks:   none on return.
    """
    return the_allocator().alloc(length, alignment)


def free(addr, length, alignment=16):
    """Take a block back.

    Args:    addr: int, what alloc returned; length, alignment: what it was asked for, or resized to since.
    Raises:  ValueError when no such block is live; nothing has changed then.
    """
    the_allocator().free(addr, length, alignment)


def resize(addr, length, new_length, alignment=16):
    """Change a block's length where it is.

    Returns: bool; False when it cannot grow or shrink in place, and the block is as it was.
    Raises:  as free.
    """
    return the_allocator().resize(addr, length, new_length, alignment)


def remap(addr, length, new_length, alignment=16):
    """Change a block's length; a large block may move, with its bytes.

    Returns: int, its address now; 0 when refused, and the block is as it was: then alloc, copy and free.
    Raises:  as free.
    """
    return the_allocator().remap(addr, length, new_length, alignment)


def trim():
    """Give slabs in which no block is live back to the system. Returns int, bytes."""
    return the_allocator().trim()


def view(addr, length):
    """The `length` bytes at `addr`, as a writable memoryview; freed bytes too, for as long as they are mapped.

    Raises:  MemoryFault when they are not all mapped.
    """
    return the_allocator().view(addr, length)
