"""A recording as a browser is sent it: once, as columns, compressed.

static/events.js reads what is packed here. 100,000 events of a real program come to about 0.1 MB.
"""

import struct
import zlib

import numpy as np

from refalloc.trace import EVENT, Kind

_HEAD = struct.Struct("<II")  # events, words
LEVEL = 3  # of zlib: twice as large as level 9 and ten times as fast
# The fields in the order of COLUMNS in static/events.js: widest first, so that each column lies where its type may.
_WORDS = ("addr", "value", "length", "new_length")  # as places in one sorted table of all that occur
_REST = ("line", "thread", "lane", "kind", "size_class", "align_log2", "file")
LANE_KINDS = [Kind.READ_FREES, Kind.WRITE_FREES, Kind.READ_NEXT_ADDR, Kind.WRITE_NEXT_ADDR, Kind.TRY_LOCK, Kind.UNLOCK]
_FIELD_KINDS = LANE_KINDS[:4]


class RecordingError(ValueError):
    """A recording that is empty or damaged; the message says where."""


def pack(events):
    """The bytes of `events`, array of EVENT that `validate` has let pass, for a browser."""
    all_words = np.concatenate([events[name] for name in _WORDS])
    words = np.unique(all_words)
    places = np.searchsorted(words, all_words)  # in half the time of np.unique(..., return_inverse=True)
    columns = [words.astype("<f8"), places.astype("<u4"), *(events[name] for name in _REST)]
    return zlib.compress(b"".join([_HEAD.pack(len(events), len(words)), *(c.tobytes() for c in columns)]), LEVEL)


def validate(events):
    """Prove that `events` can be drawn. Raises RecordingError, naming the first event that is wrong."""
    if getattr(events, "dtype", None) != EVENT or events.ndim != 1:
        raise RecordingError(
            f"events are {getattr(events, 'dtype', type(events).__name__)}; expected an array of EVENT, as "
            "EventLog.recording() gives it"
        )
    if len(events) == 0:
        raise RecordingError("the recording is empty; call record(heap, log) before the calls that it is to show")
    if events["kind"][0] != Kind.HEAP:
        raise RecordingError(
            f"the recording begins with an event of kind {events['kind'][0]}, not with HEAP; "
            "pass it from its first event on, not a slice"
        )
    lane_count, class_count = int(events["value"][0]), int(np.count_nonzero(events["kind"] == Kind.CLASS))
    if events["length"][0] == 0 or lane_count == 0:
        raise RecordingError(f"the heap has {lane_count} lanes and slabs of {events['length'][0]} bytes; expected more")
    _refuse(events, events["kind"] > max(Kind), "is of kind {kind}; kinds are 0 to " + str(int(max(Kind))))
    _refuse(
        events,
        np.isin(events["kind"], LANE_KINDS) & ((events["lane"] < 0) | (events["lane"] >= lane_count)),
        "is about lane {lane}; the heap has lanes 0 to " + str(lane_count - 1),
    )
    _refuse(
        events,
        np.isin(events["kind"], _FIELD_KINDS) & ((events["size_class"] < 0) | (events["size_class"] >= class_count)),
        "is about class {size_class}; the heap has classes 0 to " + str(class_count - 1),
    )


def _refuse(events, wrong, what):
    if not wrong.any():
        return
    at = int(np.argmax(wrong))
    fields = {name: int(events[at][name]) for name in events.dtype.names}
    raise RecordingError(f"event {at} of {len(events)} {what.format(**fields)}; the recording is damaged")
