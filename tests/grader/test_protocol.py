"""The protocol takes plain data within its caps, and nothing else, whatever bytes come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refalloc.grader.protocol import DEPTH_CAP, ITEM_CAP, LINE_CAP, Decoder, ProtocolError, encode

decode = Decoder({}).decode
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(), lambda inner: st.lists(inner), max_leaves=20
)


def nesting(value):
    return 1 + max((nesting(item) for item in value), default=0) if type(value) is list else 0


@given(st.lists(PLAIN))
def test_plain_data_comes_back_as_it_was(message):
    if nesting(message) > DEPTH_CAP:
        with pytest.raises(ProtocolError):
            decode(encode(message)[:-1])
    else:
        assert repr(decode(encode(message)[:-1])) == repr(message)


@given(st.binary())
def test_random_bytes_are_plain_data_or_an_error(line):
    try:
        message = decode(line)
    except ProtocolError:
        return
    assert type(message) is list
    assert only_plain(message)


@given(st.text(alphabet='[]{}",:0123456789-+.eEtrufalsn\\ "hex', max_size=60))
def test_random_json_is_plain_data_or_an_error(text):
    try:
        message = decode(text.encode())
    except ProtocolError:
        return
    assert only_plain(message)


def only_plain(value):
    if type(value) is list:
        return all(only_plain(item) for item in value)
    return value is None or type(value) in (bool, int, str, bytes)


@pytest.mark.parametrize(
    "line",
    [
        b"1",
        b"null",
        b"[1.0]",
        b"[1e3]",
        b"[NaN]",
        b"[-Infinity]",
        b"[{}]",
        b'[{"hex": "0g"}]',
        b'[{"hex": 1}]',
        b'[{"hex": "00", "b": 1}]',
        b'[{"__reduce__": "os.system"}]',
        b"[" + b"9" * 5000 + b"]",
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * (DEPTH_CAP + 1) + b"]" * (DEPTH_CAP + 1),
        b"[" + b"0," * ITEM_CAP + b"0]",
        b'["' + b"x" * LINE_CAP + b'"]',
        b"\xff\xfe[\x00]\x00",
        b"[1] [2]",
        b"[1]\r",
        b" [1]",
        b"",
    ],
    ids=range(21),
)
def test_a_line_past_a_cap_or_of_other_data_is_an_error(line):
    with pytest.raises(ProtocolError):
        decode(line)


@pytest.mark.parametrize("value", [1.5, {1: 2}, {1}, object(), len])
def test_other_data_does_not_cross(value):
    with pytest.raises((TypeError, ProtocolError)):
        decode(encode([value])[:-1])
