import pytest

from refalloc.trace import EventLog, Kind
from refalloc.trace.describe import describe


def described(kind, **fields):
    log = EventLog()
    log.name_index("count")
    log.add(kind, 0, **fields)
    recording = log.recording()
    return describe(recording.events[0], recording.names)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_phrase(kind):
    assert described(kind) != ""


def test_phrases_are_in_the_allocators_own_terms():
    assert described(Kind.READ_FREES, lane=0, size_class=1, value=64) == "reads frees[1] of lane 0: 0x40"
    assert described(Kind.WRITE_NEXT_ADDR, lane=3, size_class=12, value=0) == "writes next_addrs[12] of lane 3 = 0x0"
    assert described(Kind.TRY_LOCK, lane=2, value=1) == "takes lane 2"
    assert described(Kind.TRY_LOCK, lane=2, value=0) == "finds lane 2 taken"
    assert described(Kind.MAP, length=65536) == "maps 65536 bytes: refused"
    assert described(Kind.CALL_FREE, addr=64, length=24, align_log2=3) == "calls free(0x40, 24, 3)"
    assert described(Kind.RETURN_REMAP, value=0) == "remap refuses"
    assert described(Kind.READ_SHARED, value=3) == "reads count: 0x3"
