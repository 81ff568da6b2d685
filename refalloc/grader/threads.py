"""Calls of simulated threads: the program is the check's and runs here, the learner's function runs in the worker.

The judge explores schedules with the real SteppedHeap: who moves, what memory holds, which lane is locked and what
races are its own records. In the worker each call is a greenlet that asks for every access to the heap
(stepped_worker.py). So an answer can only do what a function on that heap can do.

    judge to worker    [seq, "begin", call, name, args, lanes, may_defer], [seq, "resume", call, value, *fields],
                       [seq, "throw", call, kind, fields], [seq, "drop", call, None]
    worker to judge    [seq, "steps", [[operation, args, line], ...]], [seq, "lane", index], and "value" and "error"

Steps travel together where no other thread can move between them: a write of a field is sent with the step after it,
and whoever gets a lane is told its `fields` that are not 0, so that a read of one is sent with the step after it too.
Where steps are recorded, and perhaps counted, nothing is told before it is read.
"""

import functools
import itertools
import linecache
import sys

from refalloc.arena import MemoryFault
from refalloc.grader.protocol import ALIGN_LOG2_CAP
from refalloc.schedule import ProgramError, SteppedHeap
from refalloc.schedule.current import current_run
from refalloc.schedule.errors import StuckError
from refalloc.schedule.heap import SteppedLane
from refalloc.student import StudentError
from refalloc.trace.recorder import RecordedLane, hide_file

WORD_LIMIT = 1 << 64
LINE_LIMIT = 20_000
LANE_CLASSES = (SteppedLane, RecordedLane)
THROWN = (MemoryFault, RuntimeError, ValueError, IndexError)  # what a heap raises for a wrong access
_call_numbers = itertools.count()
for _module in ("grader.threads", "grader.proxy"):
    hide_file(sys.modules[f"refalloc.{_module}"].__file__)  # steps are told as the learner's


class WorkerEnded(ProgramError):
    """The worker does not go on, so no further schedule is tried."""


def is_stepped(args):
    """Whether a call is one of a simulated thread's, by its arguments."""
    return any(isinstance(arg, (SteppedHeap, *LANE_CLASSES)) for arg in args)


def call_stepped(student, name, args):
    """Call a learner's function from a program.

    Args:    student: proxy.Student; name: str; args: list, with a SteppedHeap or its lanes in it.
    Returns: plain data, or a lane.
    Raises:  StudentError; WorkerEnded when the process has ended or is late.
    """
    heap = next((arg for arg in args if isinstance(arg, SteppedHeap)), None) or current_run().heap
    number = next(_call_numbers)
    try:
        told = [_told(heap, arg) for arg in args]
        reply = _exchange(student, ["begin", number, name, told, len(heap.lanes), not heap.run.scenario.atomic])
        while reply[0] == "steps":
            try:
                reply = _exchange(student, ["resume", number, *_steps(student, heap, reply[1])])
            except ProgramError:
                raise
            except THROWN as error:
                fields = [str(error)]
                if isinstance(error, MemoryFault):
                    fields = [error.access, error.addr, str(error).partition(": ")[2]]
                reply = _exchange(student, ["throw", number, type(error).__name__, fields])
    except StuckError:
        student._give_up()
        raise WorkerEnded(str(student.ended)) from student.ended
    except BaseException:  # the run is over for this thread, and its greenlet must not live on
        if student.ended is None:
            _exchange(student, ["drop", number, None])
        raise
    if reply[0] == "error":
        raise StudentError(*reply[1:])
    if reply[0] == "lane":
        return heap.lanes[reply[1] % len(heap.lanes)]
    return reply[1]


def _exchange(student, message):
    try:
        return student._exchange(message)
    except StudentError as error:
        raise WorkerEnded(str(error)) from error


def _told(heap, arg):
    """An argument as the worker is told it."""
    if isinstance(arg, SteppedHeap):
        return {"stepped": "heap"}
    return {"stepped": arg.index} if isinstance(arg, LANE_CLASSES) else arg


def _steps(student, heap, asked):
    """Do what a greenlet in the worker asks for. Returns the value of the last, and what else it may know then."""
    value = None
    for step in asked:
        match step:
            case [str(operation), list(args), line]:
                value = _step(student, heap, operation, args, line)
            case _:
                raise ValueError(f"{str(step)[:100]}: no step of a heap")
    if value is True and operation == "try_lock" and heap.run.log is None:
        return value, *_fields(heap.lanes[args[0]])
    return (value,)


def _fields(lane):
    """frees and next_addrs as lists [place, value, ...] of what is not 0."""
    for field in (lane.frees, lane.next_addrs):
        yield [item for pair in enumerate(field.values) if pair[1] for item in pair]


def _step(student, heap, operation, args, line):
    """Do a step as the learner's line."""
    function, arguments = _resolved(heap, operation, args)
    file_name, answer = student._source
    if file_name not in linecache.cache:
        text = answer.decode("utf-8", "replace")
        # No time of change: linecache never looks for such a file on disk.
        linecache.cache[file_name] = (len(text), None, [each + "\n" for each in text.splitlines()], file_name)
    if type(line) is not int or not 0 < line <= LINE_LIMIT:
        line = 1
    return _at_line(file_name, line)(function, arguments)


def _resolved(heap, operation, args):
    """The heap's own function for a step, and its arguments. Raises ValueError for anything that is no step."""
    lanes = len(heap.lanes)
    match operation, args:
        case "thread_index", []:
            return (lambda: heap.thread_index), ()
        case "set_thread_index", [int(index)] if 0 <= index < lanes:
            return heap.set_thread_index, (index,)
        case (("try_lock" | "unlock"), [int(lane)]) if 0 <= lane < lanes:
            return getattr(heap, operation), (heap.lanes[lane],)
        case "get", [("frees" | "next_addrs") as field, int(lane), int(place)]:
            if 0 <= lane < lanes:  # the field itself knows which places it has
                return getattr(heap.lanes[lane], field).__getitem__, (place,)
        case "set", [("frees" | "next_addrs") as field, int(lane), int(place), int(addr)]:
            if 0 <= lane < lanes:
                return getattr(heap.lanes[lane], field).__setitem__, (place, addr)
        case (("load" | "store" | "map" | "unmap" | "remap"), [*numbers]):
            counts = {"load": 1, "store": 2, "map": 2, "unmap": 2, "remap": 4}
            is_absurd = operation == "map" and numbers[1:] and numbers[1] > ALIGN_LOG2_CAP
            if len(numbers) == counts[operation] and all(map(_is_word, numbers)) and not is_absurd:
                return getattr(heap, operation), numbers
    raise ValueError(f"{str(operation)[:40]} with {str(args)[:100]}: no heap does that")


def _is_word(number):
    return type(number) in (int, bool) and 0 <= number < WORD_LIMIT


@functools.lru_cache(maxsize=1000)
def _at_line(file_name, line):
    """A function that calls another from this line of the learner's file: recordings take it for the caller."""
    return eval(compile("\n" * (line - 1) + "lambda function, args: function(*args)", file_name, "eval"))
