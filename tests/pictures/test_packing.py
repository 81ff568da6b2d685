"""Recordings that cannot be drawn are refused where they are given, and the message says what is wrong."""

import numpy as np
import pytest
from recordings import random_recording

from refalloc.pictures.packing import RecordingError, pack, validate
from refalloc.trace import EVENT, Kind


@pytest.fixture
def events():
    return random_recording(2, calls=40).events.copy()


def test_a_whole_recording_is_packed_small(events):
    assert len(pack(events)) < 8 * len(events)


def test_an_empty_recording_is_refused():
    with pytest.raises(RecordingError, match="is empty; call record"):
        validate(np.zeros(0, EVENT))


def test_another_array_is_refused():
    with pytest.raises(RecordingError, match="events are float64; expected an array of EVENT"):
        validate(np.zeros(3))
    with pytest.raises(RecordingError, match="events are list; expected"):
        validate([1, 2])


def test_a_slice_is_refused(events):
    with pytest.raises(RecordingError, match="begins with an event of kind 1, not with HEAP"):
        validate(events[1:])


@pytest.mark.parametrize(
    ("field", "kind", "value", "message"),
    [
        ("kind", Kind.LOAD, 77, "is of kind 77; kinds are 0 to 29"),
        ("lane", Kind.TRY_LOCK, 3, "is about lane 3; the heap has lanes 0 to 2"),
        ("lane", Kind.UNLOCK, -1, "is about lane -1"),
        ("size_class", Kind.READ_FREES, 13, "is about class 13; the heap has classes 0 to 12"),
    ],
)
def test_what_the_heap_does_not_have_is_refused(events, field, kind, value, message):
    at = int(np.flatnonzero(events["kind"] == kind)[-1])
    events[field][at] = value
    with pytest.raises(RecordingError, match=f"event {at} of {len(events)} {message}"):
        validate(events)


def test_a_heap_without_lanes_is_refused(events):
    events["value"][0] = 0
    with pytest.raises(RecordingError, match="the heap has 0 lanes"):
        validate(events)
