"""The worker's end of simulated threads: greenlets that run learners' functions, whose steps the judge makes.

A greenlet stops where it needs the judge's answer. Steps that give nothing, and those whose result is known, wait for
the next that does: no other thread can move in between, as these are no switch points (schedule/run.py).
"""

import sys

from greenlet import GreenletExit, getcurrent, greenlet

from refalloc.arena import MemoryFault
from refalloc.heap import CLASS_CAPACITY
from refalloc.student import StudentError, let_cross

RAISED = {"RuntimeError": RuntimeError, "ValueError": ValueError, "IndexError": IndexError, "MemoryFault": MemoryFault}


DEFERRED_CAP = 100  # steps


class AskingHeap:
    """What the text of an allocator may use, of which nothing is here.

    Args:       lane_count: int; file: str, the answer; may_defer: bool, whether fields of lanes are no switch points.
    Attributes: told_lane: the AskingLane of which the judge has told the fields, as long as nobody else can write them.
    """

    def __init__(self, lane_count, file, may_defer):
        self._file = file
        self._may_defer = may_defer
        self._deferred = []
        self.told_lane = None
        self.lanes = tuple(AskingLane(self, index) for index in range(lane_count))

    def __repr__(self):
        return "heap"

    def ask(self, operation, *args):
        """Have the judge make a step. Returns what it gives."""
        return self._ask(operation, args)[0]

    def _ask(self, operation, args):
        return getcurrent().parent.switch(["steps", self._with_deferred(operation, args)])

    def defer(self, operation, *args):
        """Have the judge make a step later. Returns bool, whether that may be."""
        if not self._may_defer or len(self._deferred) >= DEFERRED_CAP:
            return False
        self._deferred = self._with_deferred(operation, args)
        return True

    def _with_deferred(self, operation, args):
        frame = sys._getframe(2)
        while frame.f_code.co_filename != self._file and frame.f_back is not None:
            frame = frame.f_back
        steps, self._deferred = [*self._deferred, [operation, list(args), frame.f_lineno]], []
        return steps

    def make_deferred(self):
        """Have the judge make what was deferred, when nothing comes after it."""
        if self._deferred:
            steps, self._deferred = self._deferred, []
            getcurrent().parent.switch(["steps", steps])

    @property
    def thread_index(self):
        return self.ask("thread_index")

    def set_thread_index(self, index):
        if not (type(index) is int and 0 <= index < len(self.lanes) and self.defer("set_thread_index", index)):
            self.ask("set_thread_index", index)

    def try_lock(self, lane):
        self.told_lane = None
        got, *fields = self._ask("try_lock", (lane.index,))
        if fields:
            self.told_lane = lane
            for field, told in zip((lane.frees, lane.next_addrs), fields, strict=True):
                field.told = dict(zip(told[::2], told[1::2], strict=True))
        return got

    def unlock(self, lane):
        self.told_lane = None
        self.ask("unlock", lane.index)

    def load(self, addr):
        return self.ask("load", addr)

    def store(self, addr, word):
        self.ask("store", addr, word)

    def map(self, length, align_log2):
        self.told_lane = None
        return self.ask("map", length, align_log2)

    def unmap(self, addr, length):
        self.ask("unmap", addr, length)

    def remap(self, addr, length, new_length, may_move):
        self.told_lane = None
        return self.ask("remap", addr, length, new_length, may_move)


class AskingLane:
    """One lane of it."""

    def __init__(self, heap, index):
        self.index = index
        self.frees = AskingField(heap, "frees", self)
        self.next_addrs = AskingField(heap, "next_addrs", self)

    def __repr__(self):
        return f"<lane {self.index}>"


class AskingField:
    """frees or next_addrs of one lane. Attributes: told: {place: value}, while the heap's told_lane is this one."""

    def __init__(self, heap, name, lane):
        self._asked = (heap, name, lane)
        self.told = {}

    def __len__(self):
        return CLASS_CAPACITY

    def __getitem__(self, place):
        heap, name, lane = self._asked
        if heap.told_lane is lane and _is_place(place) and heap.defer("get", name, lane.index, place):
            return self.told.get(place, 0)
        return heap.ask("get", name, lane.index, place)

    def __setitem__(self, place, addr):
        heap, name, lane = self._asked
        if _is_place(place) and _is_addr(addr) and heap.defer("set", name, lane.index, place, addr):
            self.told[place] = addr
        else:
            heap.told_lane = None
            heap.ask("set", name, lane.index, place, addr)


def _is_place(place):
    return type(place) is int and 0 <= place < CLASS_CAPACITY


def _is_addr(addr):
    return type(addr) in (int, bool) and 0 <= addr < 1 << 64


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
            name, args, lane_count, may_defer = rest
            heap = AskingHeap(lane_count, self._file, may_defer)
            self._greenlets[number] = greenlet(self._life)
            given = self._greenlets[number].switch(heap, name, [_stepped(heap, arg) for arg in args])
        elif kind == "resume":
            given = self._greenlets[number].switch(rest)
        elif kind == "throw":
            given = self._greenlets[number].throw(RAISED[rest[0]](*rest[1]))
        else:
            self._greenlets.pop(number).throw(GreenletExit)
            return ["value", None]
        if self._greenlets[number].dead:
            del self._greenlets[number]
        return given

    def _life(self, heap, name, args):
        """All of one call. Returns its reply."""
        try:
            value = getattr(self._student, name)(*args)
        except StudentError as error:
            heap.make_deferred()
            return ["error", error.outcome, str(error), error.lines]
        heap.make_deferred()
        return ["lane", value.index] if isinstance(value, AskingLane) else ["value", value]


def _stepped(heap, arg):
    if type(arg) is not dict:
        return arg
    return heap if arg["stepped"] == "heap" else heap.lanes[arg["stepped"]]
