"""Heap calls that real programs made, as files.

A trace is what a program asked of malloc and free, in the order made: compressed NumPy arrays in one .npz file, one row
an event, a realloc written as a free and an alloc:

    op          uint8   0 alloc, 1 free
    thread      uint16  who called, numbered from 0 in order of appearance
    block       uint32  the block's number, used once
    size        uint32  bytes asked for; an alloc has 1 or more, of a free it is not read
    align_log2  uint8   alignment asked for, log2 of bytes; of a free it is not read
"""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

ALLOC, FREE = 0, 1
THREAD_LIMIT = 1024  # threads that a trace may have
ALIGN_LOG2_LIMIT = 48
COLUMNS = ("op", "thread", "block", "size", "align_log2")


class TraceError(ValueError):
    """A trace file that is missing or damaged; the message says which and where."""


@dataclass(frozen=True)
class Trace:
    """One recorded run of a program.

    Attributes: name: str; op, thread, block, size, align_log2: arrays of ints, shape (events,); see the module.
    """

    name: str
    op: np.ndarray
    thread: np.ndarray
    block: np.ndarray
    size: np.ndarray
    align_log2: np.ndarray

    def __len__(self):
        return len(self.op)

    def rows(self, count=None):
        """The events, or the first `count`, as a list of tuples of int, in the order of COLUMNS."""
        return list(zip(*(getattr(self, column)[:count].tolist() for column in COLUMNS), strict=True))


def packed_traces():
    """Names of the traces that come with the package: list of str, sorted."""
    folder = resources.files("refalloc") / "data" / "traces"
    return sorted(entry.name.removesuffix(".npz") for entry in folder.iterdir() if entry.name.endswith(".npz"))


def load_trace(name):
    """Read a trace and prove it whole.

    Args:    name: str, one of packed_traces(), or a path to such a file.
    Raises:  TraceError.
    """
    if name in packed_traces():
        return _read(name, resources.files("refalloc") / "data" / "traces" / f"{name}.npz")
    path = Path(name)
    if not path.is_file():
        raise TraceError(f"no trace {name!r}; expected one of {', '.join(packed_traces())}, or a path to an .npz file")
    return _read(path.stem, path)


def _read(name, file):
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            columns = {column: arrays[column] for column in arrays.files}
    except Exception as error:  # of OSError, EOFError, ValueError, BadZipFile, zlib.error: as the damage wants it
        what = f"{type(error).__name__}: {error}"
        raise TraceError(f"{file}: not a trace, or damaged ({what}); expected an .npz file of NumPy") from error
    for column in COLUMNS:
        if column not in columns:
            raise TraceError(f"{file}: column {column} is missing; expected {', '.join(COLUMNS)}")
    trace = Trace(name, **{column: columns[column] for column in COLUMNS})
    _validate(file, trace)
    return trace


def _validate(file, trace):
    for column in COLUMNS:
        values = getattr(trace, column)
        if values.dtype.kind not in "iu" or values.shape != trace.op.shape or values.ndim != 1:
            raise TraceError(
                f"{file}: column {column} is {values.dtype} of shape {values.shape}; "
                f"expected whole numbers, one for each of {len(trace.op)} events"
            )
    thread_count = len(np.unique(trace.thread))
    if thread_count > THREAD_LIMIT:
        raise TraceError(
            f"{file}: {thread_count} threads; replay makes a real one for each, and at most {THREAD_LIMIT}"
        )
    if not _is_whole(trace):
        _raise_for_first_fault(file, trace)


def _is_whole(trace):
    """Whether each block is allocated once, and freed at most once after that: bool."""
    order = np.argsort(trace.block, kind="stable")
    op, block = trace.op[order], trace.block[order]
    is_again = np.concatenate(([False], block[1:] == block[:-1]))[: len(block)]
    is_twice_again = is_again & np.concatenate(([False], is_again[:-1]))[: len(block)]
    sizes_and_aligns = (trace.size >= 1) & (trace.align_log2 >= 0) & (trace.align_log2 < ALIGN_LOG2_LIMIT)
    return bool(
        np.all(op == np.where(is_again, FREE, ALLOC))
        and not np.any(is_twice_again)
        and np.all(sizes_and_aligns | (trace.op == FREE))
        and np.all(trace.thread >= 0)
    )


def _raise_for_first_fault(file, trace):
    live, used = set(), set()
    for event, (op, thread, block, size, align_log2) in enumerate(trace.rows()):
        if op == ALLOC and block not in used and size >= 1 and 0 <= align_log2 < ALIGN_LOG2_LIMIT and thread >= 0:
            live.add(block)
            used.add(block)
        elif op == FREE and block in live and thread >= 0:
            live.remove(block)
        else:
            raise TraceError(
                f"{file}: event {event} cannot be (op {op}, thread {thread}, block {block}, size {size}, "
                f"align_log2 {align_log2}): a block is allocated once, with 1 byte or more, and freed once after that"
            )
