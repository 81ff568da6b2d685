"""The `student` of a check, as the judge has it: every call is a question to the worker.

The same checks run on the learner's own machine with functions in the place of questions (refalloc.student). Here a
call may also be wrong in ways that no honest answer is, and each of them is an outcome of the test: no answer in time,
an end of the process, a reply that is not the protocol's.
"""

import contextlib
import functools
import itertools
import signal
import socket
import struct
import sys
import time
import weakref
from typing import Any

from refalloc.arena import MemoryFault
from refalloc.grader.protocol import ALIGN_LOG2_CAP, LINE_CAP, Decoder, ProtocolError, encode
from refalloc.grader.shared_heap import JudgeHeap
from refalloc.student import StudentError, call_text, readable

CLAIMED_OUTCOMES = ("not attempted", "crashed", "incorrect")  # what a worker may say of itself
MESSAGE_CAP = 1000  # characters
LINES_CAP = 10
TIMEOUTS_ALLOWED = 2  # of one answer; then its other tests are not run
# The kernel wakes a call on the socket that often, to look at the clock: to ask it to wait, before each, costs as much
# as the call.
TICK = struct.pack("@ll", 0, 50_000)  # struct timeval


class Patience:
    """How long one answer may take, over all its tests.

    Args: seconds: float, for all calls of one test together; wall_factor: float, how many times that by the clock.
    Attributes: timeouts: int, tests that have timed out.

    The kernel counts processor time (worker.limit_time), which does not depend on how busy the machine is. The clock is
    for answers that wait and do not compute.
    """

    def __init__(self, seconds, wall_factor=1):
        self.seconds = seconds
        self.wall_seconds = seconds * wall_factor
        self.timeouts = 0

    @property
    def is_lost(self):
        return self.timeouts >= TIMEOUTS_ALLOWED


class Student:
    """A learner's functions, for one test. `student.slot_size(3)` asks; `student.slot_size.many(rows)` asks for all
    rows at once, which takes a fiftieth of the time.

    Args:    sandbox: Sandbox, started; patience: Patience; source: (name, bytes) of the answer, to quote lines from.
    Attributes: answered: int, calls that got an answer; last_call: str; ended: StudentError, why the process did not
                go on, or None.
    """

    def __init__(self, sandbox, patience, source=("answer.py", b"")):
        self._sandbox = sandbox
        self._source = source
        self._patience = patience
        self._heaps: weakref.WeakValueDictionary[int, JudgeHeap] = (
            weakref.WeakValueDictionary()
        )  # number -> heap, while a check has it
        self._known_heaps: set[int] = set()  # numbers of those that the worker has
        self._has_news = False  # of heaps, for the worker
        self._heap_numbers = itertools.count()
        self._decode = Decoder(self._heaps).decode
        self._socket: Any = None  # socket.socket, while the test runs
        self._buffer = b""
        self._seq = 0
        self._seconds_left = patience.wall_seconds
        self._deadline = 0.0  # of the conversation that is on, by time.monotonic
        self._timed_out = False
        self.answered = 0
        self.ended: StudentError | None = None  # why the process does not go on
        self._call: Any = None  # the latest: a function of no arguments, that gives its text

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self, name)

    def new_heap(self, lane_count=1):
        """A heap of `lane_count` lanes, empty, that the worker has too: what lies in it is what the judge reads."""
        heap = JudgeHeap(next(self._heap_numbers), lane_count, self._note_news)
        self._heaps[heap.number] = heap
        self._note_news()
        return heap

    @property
    def last_call(self):
        return "no call" if self._call is None else self._readable(self._call())

    def _note_news(self):
        self._has_news = True

    def _readable(self, text):
        return readable(text, self._heaps.values())

    def _close(self):
        """End the test's process, and all that it started."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            return self._sandbox.end_test()
        return None

    def _begin(self):
        """Have a process for this test. Raises StudentError when the answer has used up all patience."""
        if self._patience.is_lost:
            raise StudentError("not reached", f"not run, as {TIMEOUTS_ALLOWED} tests before it timed out")
        if self._socket is None:
            self._socket = self._sandbox.start_test()
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                self._socket.setsockopt(socket.SOL_SOCKET, option, TICK)
            self._known_heaps.clear()
            self._note_news()

    def _converse(self, talk, *args):
        """Say and hear something by talk(*args): counts the time, and makes a breach of the protocol an outcome."""
        start = time.monotonic()
        self._deadline = start + self._seconds_left
        try:
            return talk(*args)
        except ProtocolError as error:
            self._end(
                "crashed",
                f"{self.last_call}: the reply was not a function's ({error}); leave file descriptors alone that you "
                "have not opened",
            )
        finally:
            self._seconds_left -= time.monotonic() - start

    def _say(self, message, descriptors=()):
        """Send a message under the next number."""
        if self._buffer:
            raise ProtocolError("an answer to no question")
        self._seq += 1
        self._send(encode([self._seq, *message]), descriptors)

    def _hear(self):
        """The rest of the reply of that number."""
        reply = self._decode(self._receive())
        if len(reply) < 3 or type(reply[0]) is not int or reply[0] != self._seq:
            raise ProtocolError("out of turn")
        return reply[1:]

    def _exchange(self, message):
        """One message about the call of a simulated thread, and its reply. Raises StudentError (see threads.py)."""
        return self._converse(self._talk_of_threads, message)

    def _talk_of_threads(self, message):
        self._say(message)
        reply = self._hear()
        match reply:
            case ["value", _] | ["lane", int()]:
                self.answered += 1
                return reply
            case ["steps", list()]:
                return reply
        return ["error", *self._checked_error(reply)]

    def _ask(self, kind, name, args):
        self._begin()
        return self._converse(self._talk_of_call, kind, name, args)

    def _talk_of_call(self, kind, name, args):
        news, descriptors = self._news() if self._has_news else ([], [])
        self._say([kind, name, args, *news], descriptors)
        while True:
            reply = self._hear()
            if reply[0] == "value" and len(reply) == 2:
                self.answered += 1
                return reply[1]
            if reply[0] != "pages":
                outcome, message, lines = self._checked_error(reply)
                raise StudentError(outcome, message, lines)
            self._send(encode([self._seq, *self._change_pages(reply[1:])]))

    def _checked_error(self, reply):
        """(outcome, message, lines) that a worker claims."""
        if reply[0] != "error" or len(reply) != 4 or reply[1] not in CLAIMED_OUTCOMES:
            raise ProtocolError("of no known kind")
        lines = reply[3] if type(reply[3]) is list else []
        return reply[1], _clean(reply[2]), [_clean(line) for line in lines[:LINES_CAP]]

    def _news(self):
        """What the worker has to learn of heaps before the next call, [news], and the memory of new ones."""
        new = [heap for number, heap in sorted(self._heaps.items()) if number not in self._known_heaps]
        changed = [heap for heap in self._heaps.values() if heap.has_changed]
        dropped = sorted(self._known_heaps - set(self._heaps))
        news = [
            [[heap.number, len(heap.lanes)] for heap in new],
            [[heap.number, [list(mapping) for mapping in heap.mappings()]] for heap in changed],
            dropped,
        ]
        for heap in changed:
            heap.has_changed = False
        self._known_heaps = set(self._heaps)
        self._has_news = False
        return [news], [heap.descriptor for heap in new]

    def _change_pages(self, request):
        """Do what the worker asks of the pages of a heap: they are the judge's, so that what is mapped is no claim."""
        match request:
            case [int(number), "map" | "unmap" | "remap" as operation, [*args]] if number in self._heaps:
                if all(type(arg) in (int, bool) and 0 <= arg < 1 << 64 for arg in args) and not (
                    operation == "map" and args[1:] and args[1] > ALIGN_LOG2_CAP
                ):
                    try:
                        return "done", self._heaps[number].change_for_worker(operation, args)
                    except MemoryFault as fault:
                        return "fault", fault.access, fault.addr, str(fault).partition(": ")[2]
                    except (TypeError, ValueError, MemoryError, OverflowError):
                        pass
        raise ProtocolError("a request for pages that no heap makes")

    def _send(self, data, descriptors=()):
        while data:
            self._look_at_the_clock()
            try:
                if descriptors:
                    data = data[socket.send_fds(self._socket, [data], descriptors) :]
                    descriptors = ()
                else:
                    data = data[self._socket.send(data) :]
            except BlockingIOError:  # the tick
                pass
            except OSError:
                self._ended()

    def _receive(self):
        pieces, length = [], 0
        while True:
            self._look_at_the_clock()
            try:
                piece = self._socket.recv(1 << 16)
            except BlockingIOError:  # the tick
                continue
            except OSError:
                piece = b""
            if not piece:
                self._ended()
            line, newline, rest = piece.partition(b"\n")
            pieces.append(line)
            length += len(line)
            if length > LINE_CAP:
                raise ProtocolError(f"more than {LINE_CAP:,} bytes")
            if newline:
                self._buffer = rest
                return b"".join(pieces)

    def _look_at_the_clock(self):
        if time.monotonic() >= self._deadline:
            self._time_is_up()

    def _time_is_up(self):
        self._patience.timeouts += not self._timed_out
        self._timed_out = True
        self._end(
            "timed out",
            f"{self.last_call} had not answered when the test's time, {self._patience.seconds:g} s, was over; "
            "is there a loop that never ends?",
        )

    def _ended(self):
        status = self._close()
        if status is not None and status & 0x7F == signal.SIGXCPU:
            self._time_is_up()
        self._end("crashed", f"{self.last_call} ended the whole process{_how(status)}")

    def _end(self, outcome, message):
        self.ended = StudentError(outcome, message)
        raise self.ended

    def _give_up(self):
        """Time is up, says another watch than ours; what the process may still answer is not waited for."""
        self._close()
        with contextlib.suppress(StudentError):
            self._time_is_up()


class Function:
    """One function of the learner, asked for by name."""

    def __init__(self, student, name):
        self.name = name
        self._student = student

    def __call__(self, *args):
        """Call it with plain data. Returns plain data. Raises StudentError."""
        self._student._call = functools.partial(call_text, self.name, args)
        if "refalloc.schedule" in sys.modules:  # or else there are no simulated threads
            from refalloc.grader.threads import call_stepped, is_stepped

            if is_stepped(args):
                self._student._begin()
                return call_stepped(self._student, self.name, args)
        return self._student._ask("call", self.name, list(args))

    def many(self, rows):
        """Call it once for each list of arguments in `rows`. Returns list. Raises StudentError."""
        rows = [list(row) for row in rows]
        self._student._call = f"{self.name} ({len(rows)} calls)".__str__
        values = self._student._ask("many", self.name, rows)
        if type(values) is not list or len(values) != len(rows):
            raise StudentError("crashed", f"{self._student.last_call}: not one answer for each call")
        return values


def _how(status):
    if status is None:
        return ""
    if status & 0x7F:
        try:
            return f" ({signal.Signals(status & 0x7F).name})"
        except ValueError:
            return ""
    return f" (exit code {status >> 8 & 0xFF})"


def _clean(text):
    """Text that a worker claims, fit to be shown: one that is no str, or has control characters, is made plain."""
    if type(text) is not str:
        return ""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:MESSAGE_CAP])
