"""What crosses between judge and worker: one JSON array a line, of plain data, with caps on everything.

    judge to worker    [seq, "call", name, args, news]
                       [seq, "many", name, [args, ...], news]; without news, there is none
    worker to judge    [seq, "value", value]
                       [seq, "error", outcome, message, lines]
                       [seq, "pages", heap, operation, args], which the judge answers before the call goes on:
    judge to worker    [seq, "done", value] or [seq, "fault", access, addr, reason]

`news` is of heaps that both sides share (shared_heap.py): [[number, lanes] of new ones, whose memory comes as file
descriptors; [number, [[addr, length], ...]] where the judge has changed what is mapped; numbers of dropped ones].

Plain data: None, bool, int, str, lists of them; bytes, which travel as {"hex": "00ff"}; and a shared heap or one of its
lanes, by number: {"heap": 0}, {"lane": [0, 2]}. No float, no other object, no class and no code can be written in it.
Both sides use these functions; only the judge relies on the caps.
"""

import functools
import json

from refalloc.grader.shared_heap import SharedHeap, SharedLane

LINE_CAP = 4 << 20  # bytes
DEPTH_CAP = 8  # lists in lists
ITEM_CAP = 200_000  # values in one line
ALIGN_LOG2_CAP = 63  # 1 << more than that is no address, and may be all of the judge's memory


class ProtocolError(Exception):
    """A line that is not the protocol's; the message is a piece of a sentence."""


def encode(message):
    """One line of bytes for a list of plain data. Raises ProtocolError when it is too long, RecursionError for a list
    that holds itself, TypeError for the rest."""
    line = _encoder.encode(message).encode() + b"\n"
    if len(line) > LINE_CAP:
        raise ProtocolError(f"{len(line):,} bytes; at most {LINE_CAP:,} may cross at once")
    return line


class Decoder:
    """Reads lines; made once, as that takes longer than a line. Args: heaps: {number: SharedHeap}, what lines may speak
    of; it may change."""

    def __init__(self, heaps):
        decode_other = functools.partial(_decode_other, heaps=heaps)
        self._json = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=decode_other)

    def decode(self, line):
        """The plain data of one line.

        Args:    line: bytes, without its line end.
        Returns: list.
        Raises:  ProtocolError for anything but one list of plain data within the caps, with no space round it.
        """
        if len(line) > LINE_CAP:
            raise ProtocolError(f"more than {LINE_CAP:,} bytes")
        try:
            text = line.decode()
            message, end = self._json.raw_decode(text)
        except RecursionError:
            raise ProtocolError("lists nested without end") from None
        except ValueError as error:  # not JSON, not UTF-8, or an int of more than 4,300 digits
            raise ProtocolError(f"not plain data ({str(error)[:80]})") from None
        if end != len(text):
            raise ProtocolError("more than one value")
        if type(message) is not list:
            raise ProtocolError("not a list")
        _check_depth(message)
        return message


def _check_depth(message):
    lists, depth, count = [message], 0, 0
    while lists:
        depth += 1
        count += sum(map(len, lists))
        if depth > DEPTH_CAP:
            raise ProtocolError(f"lists nested more than {DEPTH_CAP} deep")
        if count > ITEM_CAP:
            raise ProtocolError(f"more than {ITEM_CAP:,} values")
        lists = [item for inner in lists for item in inner if type(item) is list]


def _encode_other(value):
    if type(value) is bytes:
        return {"hex": value.hex()}
    if isinstance(value, SharedHeap):
        return {"heap": value.number}
    if isinstance(value, SharedLane):
        return {"lane": [value.heap_number, value.index]}
    raise TypeError(f"{type(value).__name__} is no plain data; only None, bool, int, str, bytes and lists cross")


_encoder = json.JSONEncoder(default=_encode_other, check_circular=False, allow_nan=False, separators=(",", ":"))


def _decode_other(pairs, heaps):
    match pairs:
        case [("hex", str(digits))]:
            return bytes.fromhex(digits)
        case [("heap", int(number))] if number in heaps:
            return heaps[number]
        case [("lane", [int(number), int(index)])] if number in heaps and 0 <= index < len(heaps[number].lanes):
            return heaps[number].lanes[index]
    raise ProtocolError("an object")


def _refuse(text):
    raise ProtocolError(f"a number that is no int ({text[:20]})")
