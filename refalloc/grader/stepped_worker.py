"""The worker's end of simulated threads: greenlets that run learners' functions and stop at each step on the heap."""

import sys

from greenlet import GreenletExit, getcurrent, greenlet

from refalloc.arena import MemoryFault
from refalloc.heap import CLASS_CAPACITY
from refalloc.student import StudentError, let_cross

RAISED = {"RuntimeError": RuntimeError, "ValueError": ValueError, "IndexError": IndexError, "MemoryFault": MemoryFault}


class AskingHeap:
    """What the text of an allocator may use, of which nothing is here. Args: lane_count: int; file: str, the answer."""

    def __init__(self, lane_count, file):
        self._file = file
        self.lanes = tuple(AskingLane(self, index) for index in range(lane_count))

    def __repr__(self):
        return "heap"

    def ask(self, operation, *args):
        frame = sys._getframe(1)
        while frame.f_code.co_filename != self._file and frame.f_back is not None:
            frame = frame.f_back
        return getcurrent().parent.switch(["step", operation, list(args), frame.f_lineno])

    @property
    def thread_index(self):
        return self.ask("thread_index")

    def set_thread_index(self, index):
        self.ask("set_thread_index", index)

    def try_lock(self, lane):
        return self.ask("try_lock", lane.index)

    def unlock(self, lane):
        self.ask("unlock", lane.index)

    def load(self, addr):
        return self.ask("load", addr)

    def store(self, addr, word):
        self.ask("store", addr, word)

    def map(self, length, align_log2):
        return self.ask("map", length, align_log2)

    def unmap(self, addr, length):
        self.ask("unmap", addr, length)

    def remap(self, addr, length, new_length, may_move):
        return self.ask("remap", addr, length, new_length, may_move)


class AskingLane:
    """One lane of it."""

    def __init__(self, heap, index):
        self.index = index
        self.frees = AskingField(heap, "frees", index)
        self.next_addrs = AskingField(heap, "next_addrs", index)

    def __repr__(self):
        return f"<lane {self.index}>"


class AskingField:
    """frees or next_addrs of one lane."""

    def __init__(self, heap, name, lane):
        self._asked = (heap, name, lane)

    def __len__(self):
        return CLASS_CAPACITY

    def __getitem__(self, place):
        heap, name, lane = self._asked
        return heap.ask("get", name, lane, place)

    def __setitem__(self, place, addr):
        heap, name, lane = self._asked
        heap.ask("set", name, lane, place, addr)


let_cross(AskingHeap, AskingLane)


class Calls:
    """Calls that are on, each in a greenlet. Args: student: student.Student; file: str, the answer's path."""

    def __init__(self, student, file):
        self._student = student
        self._file = file
        self._greenlets = {}

    def reply(self, kind, number, *rest):
        """What the judge's message leads to: the rest of the reply, list."""
        if kind == "begin":
            name, args, lane_count = rest
            heap = AskingHeap(lane_count, self._file)
            self._greenlets[number] = greenlet(self._life)
            given = self._greenlets[number].switch(name, [_stepped(heap, arg) for arg in args])
        elif kind == "resume":
            given = self._greenlets[number].switch(rest[0])
        elif kind == "throw":
            given = self._greenlets[number].throw(RAISED[rest[0]](*rest[1]))
        else:
            self._greenlets.pop(number).throw(GreenletExit)
            return ["value", None]
        if self._greenlets[number].dead:
            del self._greenlets[number]
        return given

    def _life(self, name, args):
        """All of one call. Returns its reply."""
        try:
            value = getattr(self._student, name)(*args)
        except StudentError as error:
            return ["error", error.outcome, str(error), error.lines]
        return ["lane", value.index] if isinstance(value, AskingLane) else ["value", value]


def _stepped(heap, arg):
    if type(arg) is not dict:
        return arg
    return heap if arg["stepped"] == "heap" else heap.lanes[arg["stepped"]]
