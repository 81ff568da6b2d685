"""What happened on a heap, event by event: the one form that recorder, stepped machine, states and pictures share.

An event is one step of the allocator: a word loaded, a lane's field written, a lock tried, a call begun. A recording is
a NumPy array of EVENT in the order in which the steps took effect, and it stands alone: its first events (thread
PROLOGUE) say how many lanes there are, how long slabs and slots are, and what lay on the heap when recording began.

Fields of EVENT, 48 bytes; a field that a kind does not name below is 0, or -1 where it is signed

    number      the event's place in the whole recording, from 0; a slice keeps it
    kind        Kind
    thread      the thread's number, from 0 in the order of first appearance; PROLOGUE for none
    lane        index of the lane; -1 for none
    size_class  -1 for none
    addr        the address that the event is about
    value       the word, the result, or what the kind says
    length      bytes
    new_length  bytes, for resize and remap
    align_log2  for map, alloc, free, resize and remap
    line        line in the source of what made the step, from 1; 0 when unknown
    file        index into Recording.files

Source of the idea to log before and after one inner call, from outside: pluggy, _tracing.py.
"""

import enum
import struct
from typing import NamedTuple

import numpy as np

PROLOGUE = 0xFFFF  # the thread of events that no thread made

EVENT = np.dtype(
    [
        ("addr", "<u8"),
        ("value", "<u8"),
        ("length", "<u8"),
        ("new_length", "<u8"),
        ("number", "<u4"),
        ("line", "<u4"),
        ("thread", "<u2"),
        ("lane", "<i2"),
        ("kind", "u1"),
        ("size_class", "i1"),
        ("align_log2", "u1"),
        ("file", "u1"),
    ]
)
_PACKED = struct.Struct("<QQQQIIHhBbBB")  # EVENT for struct: a tenth of the time of assigning an array's row


class Kind(enum.IntEnum):
    """What an event is. After each, the fields that it sets beside number, kind, thread, line and file."""

    HEAP = 0  # value: lanes; length: bytes of a slab
    CLASS = 1  # size_class; value: bytes of its slots

    LOAD = 2  # addr; value: the word
    STORE = 3  # addr; value: the word
    READ_FREES = 4  # lane, size_class; value: address of the first free slot, 0 for none
    WRITE_FREES = 5
    READ_NEXT_ADDR = 6  # lane, size_class; value: address, 0 for none
    WRITE_NEXT_ADDR = 7
    READ_THREAD_INDEX = 8  # value: index into lanes
    SET_THREAD_INDEX = 9
    TRY_LOCK = 10  # lane; value: 1 taken, 0 failed
    UNLOCK = 11  # lane
    MAP = 12  # addr: what came back, 0 when refused; length as asked, align_log2
    UNMAP = 13  # addr, length
    REMAP = 14  # addr, length, new_length; value: the address now, 0 when refused

    # A call into the text begins and ends; size_class is that of (length, align_log2), 13 or more for large.
    CALL_ALLOC = 15  # length, align_log2, size_class
    RETURN_ALLOC = 16  # the same; addr: the block, 0 for none
    CALL_FREE = 17  # addr, length, align_log2, size_class
    RETURN_FREE = 18
    CALL_RESIZE = 19  # addr, length, new_length, align_log2, size_class
    RETURN_RESIZE = 20  # the same; value: 1 done, 0 refused
    CALL_REMAP = 21  # addr, length, new_length, align_log2, size_class
    RETURN_REMAP = 22  # the same; value: the block's address now, 0 when refused
    RAISE = 23  # a call ended in an exception; the fields of the call

    # Of the stepped machine alone; addr: index into Recording.names
    READ_SHARED = 24  # value: the number that was read, 0 when it is not a number
    WRITE_SHARED = 25
    SWAP_SHARED = 26  # a compare-and-swap; value: 1 done, 0 refused
    ACQUIRE = 27  # a blocking lock; value: 1 taken, 0 failed
    RELEASE = 28
    THREAD_END = 29


class Recording(NamedTuple):
    """Events, and the tables that two of their fields point into.

    Attributes: events: array of EVENT; files: tuple of str, source files; names: tuple of str, of shared variables.
    """

    events: np.ndarray
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class EventLog:
    """Events while they are being made: appended, 48 bytes each, to one buffer.

    Not guarded by a lock: who adds from several threads takes one, so that the order is that of the steps.
    """

    def __init__(self):
        self._buffer = bytearray()
        self._files = {}
        self._names = {}

    def __len__(self):
        return len(self._buffer) // EVENT.itemsize

    def add(
        self,
        kind,
        thread,
        addr=0,
        value=0,
        lane=-1,
        size_class=-1,
        length=0,
        new_length=0,
        align_log2=0,
        line=0,
        filename=None,
    ):
        """Append one event; arguments as the fields of EVENT, `filename` a str or None.

        Raises:  ValueError, naming the event, when a field has no room for what it is given (a negative address).
        """
        file = 0 if filename is None else self._files.setdefault(filename, min(len(self._files), 255))
        try:
            self._buffer += _PACKED.pack(
                addr,
                value,
                length,
                new_length,
                len(self),
                line,
                thread,
                lane,
                kind,
                min(size_class, 127),
                min(align_log2, 255),
                file,
            )
        except struct.error as error:
            raise ValueError(
                f"{Kind(kind).name} by thread {thread} at line {line} cannot be recorded: addr={addr}, value={value}, "
                f"length={length}, new_length={new_length} ({error}); words and lengths are 0 to 2**64 - 1"
            ) from None

    def name_index(self, name):
        """The index that stands for `name`, str, in the addr of events of shared variables."""
        return self._names.setdefault(name, len(self._names))

    def recording(self):
        """All events so far, as a Recording; its array is a copy."""
        events = np.frombuffer(bytes(self._buffer), EVENT)
        return Recording(events, tuple(self._files), tuple(self._names))


def save(path, recording):
    """Write a Recording to `path`, a compressed .npz. Raises OSError."""
    np.savez_compressed(
        path,
        events=recording.events,
        files=np.array(recording.files, dtype=str),
        names=np.array(recording.names, dtype=str),
    )


def load(path):
    """The Recording that `save` wrote to `path`. Raises OSError; ValueError when the file is not one."""
    with np.load(path, allow_pickle=False) as stored:
        if "events" not in stored or stored["events"].dtype != EVENT:
            raise ValueError(f"{path}: not a recording of heap events; expected an array `events` as save() writes it")
        return Recording(stored["events"], tuple(map(str, stored["files"])), tuple(map(str, stored["names"])))
