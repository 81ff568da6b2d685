"""The worker's end of shared heaps: the same memory, and pages that the judge gives."""

import array
import json
import os
import socket

from refalloc.arena import MemoryFault, whole_pages
from refalloc.grader.protocol import ProtocolError, encode
from refalloc.grader.shared_heap import SharedHeap

DESCRIPTORS_LEN = socket.CMSG_SPACE(16 * array.array("i").itemsize)
STEPPED = ("begin", "resume", "throw", "drop")  # kinds of messages about calls of simulated threads


class MirrorHeap(SharedHeap):
    """A heap in the worker. Words are read and written here; map, unmap and remap are asked of the judge."""

    def __init__(self, number, lane_count, descriptor, mirrors):
        super().__init__(number, lane_count, descriptor)
        self._mirrors = mirrors

    def set_mappings(self, mappings):
        """Take over what the judge says is mapped: list of [addr, length]."""
        self.close_pages(self.arena_addr, self.arena_len)
        for addr, length in mappings:
            self.open_pages(addr, length)

    def map(self, length, align_log2):
        addr = self._mirrors.ask(self, "map", [length, align_log2])
        if addr:
            self.open_pages(addr, whole_pages(length))
        return addr

    def unmap(self, addr, length):
        self._mirrors.ask(self, "unmap", [addr, length])
        self.close_pages(addr, whole_pages(length))

    def remap(self, addr, length, new_length, may_move):
        new_addr = self._mirrors.ask(self, "remap", [addr, length, new_length, bool(may_move)])
        if new_addr:
            self.close_pages(addr, whole_pages(length))
            self.open_pages(new_addr, whole_pages(new_length))
        return new_addr


class Mirrors:
    """The test's socket, and the heaps that came over it.

    Args: stream: socket; student: student.Student, which tells addresses as offsets into its heaps.
    """

    def __init__(self, stream, student):
        self._stream = stream
        self._student = student
        self._heaps = {}
        self._buffer = b""
        self._descriptors = array.array("i")
        self._seq = 0

    def next_question(self):
        """[seq, kind, name, args] of the next call; None when there is none."""
        line = self._line()
        if not line:
            return None
        self._seq, kind, name, raw_args, *news = json.loads(line)
        if kind in STEPPED:
            return self._seq, "stepped", None, [kind, name, *self._real([raw_args, *news])]
        if news:
            self._learn(*news[0])
        return self._seq, kind, name, self._real(raw_args)

    def _learn(self, new, changed, dropped):
        for number, lane_count in new:
            descriptor = self._descriptors.pop(0)
            self._heaps[number] = MirrorHeap(number, lane_count, descriptor, self)
            os.close(descriptor)
        for number, mappings in changed:
            self._heaps[number].set_mappings(mappings)
        for number in dropped:
            del self._heaps[number]
        self._student._heaps = list(self._heaps.values())

    def answer(self, message):
        """Answer it; what is no plain data is an error of the learner's."""
        try:
            line = encode([self._seq, *message])
        except (TypeError, ValueError, ProtocolError, RecursionError) as error:
            line = encode([self._seq, "error", "incorrect", f"the answer is no plain data: {error}", []])
        self._stream.sendall(line)

    def ask(self, heap, operation, args):
        """Ask the judge to change the pages of a heap. Returns what the same method of heap.Heap does, or raises it."""
        self._stream.sendall(encode([self._seq, "pages", heap.number, operation, args]))
        _, kind, *rest = json.loads(self._line())
        if kind == "fault":
            raise MemoryFault(*rest)
        return rest[0]

    def _real(self, value):
        """Decoded JSON with bytes, heaps and lanes in the place of what stands for them."""
        if type(value) is list:
            return [self._real(item) for item in value]
        if type(value) is not dict:
            return value
        [(kind, content)] = value.items()
        if kind == "stepped":
            return value
        if kind == "hex":
            return bytes.fromhex(content)
        if kind == "heap":
            return self._heaps[content]
        return self._heaps[content[0]].lanes[content[1]]

    def _line(self):
        while b"\n" not in self._buffer:
            data, ancillary, _, _ = self._stream.recvmsg(1 << 16, DESCRIPTORS_LEN)
            for _, _, descriptors in ancillary:
                self._descriptors.frombytes(descriptors)
            if not data:
                return b""
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line
