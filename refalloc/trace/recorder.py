"""Record what a heap does, from outside: neither the text nor the heap knows.

    log = EventLog()
    undo = record(heap, log)
    ...
    undo()
    events = log.recording().events

Design. The heap's members are wrapped where they are found: methods on the object, lanes by stand-ins of the same form,
thread_index by a subclass made for this heap. The functions of the text (alloc, free, resize, remap) are wrapped in
their module, and pass calls for other heaps through. A lock is held round each step and its entry in the log, so the
order of events is the order in which steps took effect; recorded threads run truly side by side no more.

Not seen: calls through a name that was imported from the text before (`from refalloc.allocator import alloc`), of which
the steps are recorded but neither begin nor end; bytes that a caller writes through view().
"""

import contextlib
import functools
import inspect
import itertools
import sys
import threading

from refalloc import allocator
from refalloc.specialize import running_plain
from refalloc.trace.events import PROLOGUE, Kind

CALLS = {  # function of the text -> (kind at its call, kind at its return)
    "alloc": (Kind.CALL_ALLOC, Kind.RETURN_ALLOC),
    "free": (Kind.CALL_FREE, Kind.RETURN_FREE),
    "resize": (Kind.CALL_RESIZE, Kind.RETURN_RESIZE),
    "remap": (Kind.CALL_REMAP, Kind.RETURN_REMAP),
}
_CALL_FIELDS = ("addr", "length", "new_length", "align_log2")
_hidden_files = {__file__}  # a step is the step of the first caller outside these


def hide_file(filename):
    """Have steps that are made in this source file told as their caller's."""
    _hidden_files.add(filename)


def shown_frame(frame):
    """`frame`, or the first of its callers that is in no hidden file."""
    while frame.f_code.co_filename in _hidden_files and frame.f_back is not None:
        frame = frame.f_back
    return frame


def log_step(log, kind, thread, frame, **fields):
    """Add an event to `log` as a step that shown_frame(frame) made."""
    frame = shown_frame(frame)
    log.add(kind, thread, line=frame.f_lineno, filename=frame.f_code.co_filename, **fields)


def record(heap, log, text=allocator, thread_number=None, with_calls=True):
    """Log every step on `heap` and every call into `text` for it, until undone.

    Args:    heap: any heap whose members are Python; at rest, if its free lists are to be in the prologue.
             log: EventLog.
             text: module, or any object with the functions of the text and its constants; what it lacks of the
             constants is taken from refalloc.allocator.
             thread_number: function of nothing that gives the running thread's number, int; None numbers real
             threads in the order of first appearance.
             with_calls: bool; False leaves the text's functions alone, for who logs calls by other means.
    Returns: undo, a function of nothing; a second call does nothing. Undo the last recording of a heap first.
    """
    recorder = _Recorder(heap, log, thread_number or _ThreadNumbers())
    _write_prologue(heap, log, text)
    plain = contextlib.ExitStack()
    plain.enter_context(running_plain(heap))  # functions made from the heap's members do not see new ones
    undos = [plain.close, recorder.wrap_heap()]
    if with_calls:
        undos.append(recorder.wrap_text(text))

    def undo():
        while undos:
            undos.pop()()

    return undo


class _ThreadNumbers:
    """Numbers for real threads. Not their idents: the system gives those again when a thread has ended."""

    def __init__(self):
        self._local = threading.local()
        self._count = itertools.count()

    def __call__(self):
        try:
            return self._local.number
        except AttributeError:
            self._local.number = next(self._count)
            return self._local.number


class _Recorder:
    def __init__(self, heap, log, thread_number):
        self.heap = heap
        self.log = log
        self.thread_number = thread_number
        self.lock = threading.RLock()  # a finaliser that runs in the middle of a step may make steps of its own
        self.inside = set()  # threads in the middle of a step: what a step does inside the heap is not a step

    def add(self, kind, frame, **fields):
        """Log one event. Locks: self.lock held."""
        log_step(self.log, kind, self.thread_number(), frame, **fields)

    # The heap

    def wrap_heap(self):
        heap = self.heap
        plain_class, plain_lanes, plain_members = type(heap), heap.lanes, dict(vars(heap))
        wrapped = {
            name: self.wrap_step(getattr(heap, name), fields)
            for name, fields in {
                "load": lambda value, addr: {"kind": Kind.LOAD, "addr": addr, "value": value},
                "store": lambda _, addr, word: {"kind": Kind.STORE, "addr": addr, "value": word},
                "try_lock": lambda got, lane: {"kind": Kind.TRY_LOCK, "lane": lane.index, "value": int(got)},
                "unlock": lambda _, lane: {"kind": Kind.UNLOCK, "lane": lane.index},
                "map": lambda addr, length, align_log2: {
                    "kind": Kind.MAP,
                    "addr": addr,
                    "length": length,
                    "align_log2": align_log2,
                },
                "unmap": lambda _, addr, length: {"kind": Kind.UNMAP, "addr": addr, "length": length},
                "remap": lambda new_addr, addr, length, new_length, may_move: {
                    "kind": Kind.REMAP,
                    "addr": addr,
                    "length": length,
                    "new_length": new_length,
                    "value": new_addr,
                },
                "set_thread_index": lambda _, index: {"kind": Kind.SET_THREAD_INDEX, "value": index},
            }.items()
        }
        vars(heap).update(wrapped)
        heap.lanes = tuple(RecordedLane(lane, index, self) for index, lane in enumerate(plain_lanes))
        # A property lives in a class, so this heap gets a class of its own.
        heap.__class__ = type(plain_class.__name__, (plain_class,), {"thread_index": self.recorded_thread_index()})

        def undo():
            heap.__class__ = plain_class
            heap.lanes = plain_lanes
            for name in wrapped:
                del vars(heap)[name]
                if name in plain_members:
                    vars(heap)[name] = plain_members[name]

        return undo

    def wrap_step(self, step, fields):
        """`step`, a bound method of the heap, with an event for each call; fields(result, *args) are the event's."""

        def recorded_step(*args, **named):
            with self.lock:
                thread = self.thread_number()
                plain_args = [getattr(arg, "recorded_lane", arg) for arg in args]
                if thread in self.inside:
                    return step(*plain_args, **named)
                self.inside.add(thread)
                try:
                    result = step(*plain_args, **named)
                finally:
                    self.inside.discard(thread)
                self.add(frame=sys._getframe(1), **fields(result, *args, **named))
                return result

        return recorded_step

    def recorded_thread_index(self):
        plain = inspect.getattr_static(self.heap, "thread_index")

        def thread_index(heap):
            with self.lock:
                index = plain.__get__(heap)
                self.add(Kind.READ_THREAD_INDEX, sys._getframe(1), value=index)
                return index

        return property(thread_index)

    # The text

    def wrap_text(self, text):
        calls = [_RecordedCall(self, text, name) for name in CALLS if hasattr(text, name)]

        def undo():
            for call in calls:
                call.undo()

        return undo


class _RecordedCall:
    """Stands in for a function of the text. Calls for other heaps pass through, to the text or an older recording."""

    def __init__(self, recorder, text, name):
        self.recorder = recorder
        self.text = text
        self.name = name
        self.plain = getattr(text, name)
        self.signature = inspect.signature(self.plain)
        self.kinds = CALLS[name]
        self.class_of = getattr(text, "size_class_index", allocator.size_class_index)
        self.is_on = True
        functools.update_wrapper(self, self.plain, updated=())
        setattr(text, name, self)

    def __call__(self, heap, *args, **named):
        if heap is not self.recorder.heap or not self.is_on:
            return self.plain(heap, *args, **named)
        arguments = self.signature.bind(heap, *args, **named).arguments
        fields = {field: arguments[field] for field in _CALL_FIELDS if field in arguments}
        fields["size_class"] = self.class_of(fields.get("length", 1), fields.get("align_log2", 0))
        call_kind, return_kind = self.kinds
        self.add(call_kind, fields)
        try:
            result = self.plain(heap, *args, **named)
        except BaseException:
            self.add(Kind.RAISE, fields)
            raise
        if result is not None:
            fields["addr" if self.name == "alloc" else "value"] = int(result)
        self.add(return_kind, fields)
        return result

    def add(self, kind, fields):
        with self.recorder.lock:
            self.recorder.add(kind, sys._getframe(2), **fields)

    def undo(self):
        """Pass all calls through, and take the place back as soon as no later recording stands in front."""
        self.is_on = False
        function = getattr(self.text, self.name)
        while isinstance(function, _RecordedCall) and not function.is_on:
            function = function.plain
        setattr(self.text, self.name, function)


class RecordedLane:
    """Stands in for a lane. Its fields log; all else is the lane's."""

    def __init__(self, lane, index, recorder):
        self.recorded_lane = lane
        self.index = index
        self.next_addrs = _RecordedField(lane.next_addrs, index, recorder, (Kind.READ_NEXT_ADDR, Kind.WRITE_NEXT_ADDR))
        self.frees = _RecordedField(lane.frees, index, recorder, (Kind.READ_FREES, Kind.WRITE_FREES))

    def __getattr__(self, name):
        return getattr(self.recorded_lane, name)

    def __repr__(self):
        return repr(self.recorded_lane)


class _RecordedField:
    """Stands in for next_addrs or frees: a list of which each read and write is an event."""

    def __init__(self, values, lane, recorder, kinds):
        self._values = values
        self._lane = lane
        self._recorder = recorder
        self._read_kind, self._write_kind = kinds

    def __len__(self):
        return len(self._values)

    def __getitem__(self, size_class):
        with self._recorder.lock:
            value = self._values[size_class]
            self._recorder.add(self._read_kind, sys._getframe(1), lane=self._lane, size_class=size_class, value=value)
            return value

    def __setitem__(self, size_class, value):
        with self._recorder.lock:
            self._values[size_class] = value
            self._recorder.add(self._write_kind, sys._getframe(1), lane=self._lane, size_class=size_class, value=value)


def _write_prologue(heap, log, text):
    """Log what the heap is, and what lies on it already."""
    class_count = getattr(text, "SIZE_CLASS_COUNT", allocator.SIZE_CLASS_COUNT)
    slot_size = getattr(text, "slot_size", allocator.slot_size)
    slab_len = getattr(text, "SLAB_LEN", allocator.SLAB_LEN)
    log.add(Kind.HEAP, PROLOGUE, value=len(heap.lanes), length=slab_len)
    for size_class in range(class_count):
        log.add(Kind.CLASS, PROLOGUE, size_class=size_class, value=slot_size(size_class))
    for addr, length in heap.mappings():
        log.add(Kind.MAP, PROLOGUE, addr=addr, length=length)
    linked = set()
    for index, lane in enumerate(heap.lanes):
        for size_class in range(class_count):
            where = {"lane": index, "size_class": size_class}
            if lane.next_addrs[size_class] != 0:
                log.add(Kind.WRITE_NEXT_ADDR, PROLOGUE, value=lane.next_addrs[size_class], **where)
            addr = lane.frees[size_class]
            if addr != 0:
                log.add(Kind.WRITE_FREES, PROLOGUE, value=addr, **where)
            while addr != 0 and addr not in linked:  # a broken heap may have a list that comes back to itself
                linked.add(addr)
                link = heap.load(addr)
                log.add(Kind.STORE, PROLOGUE, addr=addr, value=link)
                addr = link
