"""The learner's functions, as the checks of an exercise see them.

Checks never touch the learner's module: they call `student.slot_size(3)`, and what goes in and comes out is plain
data, copied: ints, bytes, strings, lists of those, None. So the same checks can run with the learner's code in another
process, where nothing else crosses. Where functions work on memory, `student.new_heap()` makes a heap beside them; it
and its lanes may be passed to them, and checks look at it through load, store, read, write, mappings, the lanes' fields
and locks alone. In the programs of an exploration (course/threads.py) the simulated heap takes its place.
"""

import re
import sys
import traceback
import types
import weakref

from refalloc.arena import MemoryFault
from refalloc.heap import Heap, Lane

LINES_SHOWN = 3  # innermost lines of the learner's own code, when it raises
TEXT_SHOWN = 160  # characters of a value in a message
ARENA_LEN = 64 << 20  # bytes; of a heap that a check makes
_crossing: list[type] = [Lane]  # objects of these classes are handed over as they are


def first_wrong(outcomes):
    """Which of several tests a learner is told of: the first that says what is wrong, or else the first not attempted.

    Args:    outcomes: list of str, one for each test, in order.
    Returns: int, its place; None when there is none.
    """
    for told in (("timed out", "crashed", "incorrect"), ("not attempted",)):
        for place, outcome in enumerate(outcomes):
            if outcome in told:
                return place
    return None


class StudentError(Exception):
    """The learner's code did not give an answer.

    Attributes: outcome: str, "not attempted", "crashed" or "incorrect"; lines: list of str, where in the learner's
                file, innermost last.
    """

    def __init__(self, outcome, message, lines=()):
        super().__init__(message)
        self.outcome = outcome
        self.lines = list(lines)


class Student:
    """The functions of a learner's file, as attributes.

    Args: file: Path, or what has its name, stem and read_bytes; it is executed when the first function is asked for.
          calls: a list of one, where the latest call is kept; several files may share it.
    Attributes: file: Path; last_call: the latest call; str() of it is how it would be written.
    """

    def __init__(self, file, calls=None):
        self.file = file
        self._module = None
        self._calls = ["no call"] if calls is None else calls
        self._heaps: weakref.WeakSet[StudentHeap] = weakref.WeakSet()  # a check may make hundreds, one by one

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if self._module is None:
            self._module = load(self.file)
        function = getattr(self._module, name, None)
        if not callable(function):
            raise StudentError(
                "crashed",
                f"{self.file.name} has no function {name}; "
                "put its `def` line back (`refalloc reset` with the exercise's number gives you the stub, and keeps "
                "your file)",
            )
        return Function(self, name, function)

    @property
    def last_call(self):
        return self._calls[0]

    def new_heap(self, lane_count=1):
        """A StudentHeap of `lane_count` lanes, empty."""
        heap = StudentHeap(lane_count, ARENA_LEN)
        self.adopt(heap)
        return heap

    def adopt(self, heap):
        """Have messages tell addresses in `heap`, a StudentHeap, as offsets."""
        self._heaps.add(heap)

    def lines_of(self, frames):
        """Those of `frames` (traceback.FrameSummary) that lie in the file, the innermost few, as list of str."""
        return lines_of(self.file, frames)

    def _readable(self, text):
        return readable(text, self._heaps)


def readable(text, heaps):
    """`text` with addresses in `heaps` as "arena + 4096": addresses differ from run to run, and say nothing."""

    def offset(found):
        addr = int(found[0], 0)
        for heap in heaps:
            if 0 <= addr - heap.arena_addr <= heap.arena_len:
                return f"arena + {addr - heap.arena_addr}"
        return found[0]

    return re.sub(r"\b(?:0x[0-9a-f]+|[1-9][0-9]{6,})\b", offset, text)


class StudentHeap(Heap):
    """A heap for the learner's functions to work on. Bytes go in and out as copies."""

    def __repr__(self):
        return "heap"

    def read(self, addr, length):
        """The `length` bytes at `addr`. Raises MemoryFault unless all of them are mapped."""
        return bytes(self.view(addr, length))

    def write(self, addr, data):
        """Set the bytes at `addr` to `data`, bytes. Raises MemoryFault unless all of them are mapped."""
        self.view(addr, len(data))[:] = data


def let_cross(*classes):
    """Have objects of `classes`, heaps and lanes of another machine, handed to learners' functions as they are."""
    _crossing.extend(classes)


let_cross(StudentHeap)


class Function:
    """One function of the learner: call it with plain data, get plain data."""

    def __init__(self, student, name, function):
        self.name = name
        self._student = student
        self._function = function

    def __call__(self, *args):
        """Call it. Raises StudentError when it raises, exits, or gives back something that is not plain data."""
        call = self._student._calls[0] = _Call(self._student, self.name, args, self._function)
        try:
            result = self._function(*plain_copy(list(args)))
        except StudentError:  # of another function of the learner's, which this one called
            raise
        except NotImplementedError:
            raise StudentError("not attempted", f"{self.name} still raises NotImplementedError") from None
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # exit() in an answer must not end the check
            traceback.clear_frames(error.__traceback__)  # after a MemoryError, so that there is memory to say so
            lines = own_lines(self._student.file, error)
            if isinstance(error, RecursionError):
                message = f"{call} calls itself without end; where does it stop?"
            else:
                message = f"{call} raised {_what(error, self._student._readable)}"
            raise StudentError("crashed", message, lines) from None
        try:
            return plain_copy(result)
        except TypeError as error:
            shown = shorten(result, lambda value: self._student._readable(repr(value)))
            raise StudentError("incorrect", f"{call} gave {shown}, {error}") from None


class _Call:
    """A call, made text when it is shown and not before."""

    def __init__(self, student, name, args, function):
        self._parts = (student, name, args, function)

    def __str__(self):
        import inspect  # when a call is shown, and not for each answer that is graded

        student, name, args, function = self._parts
        try:
            parameters = list(inspect.signature(function).parameters)
        except (TypeError, ValueError):  # a builtin
            parameters = []
        return student._readable(call_text(name, args, parameters if len(parameters) == len(args) else None))


def _what(error, readable=str):
    """An exception in words, `readable` ones."""
    if isinstance(error, MemoryFault):
        return f"MemoryFault: {readable(str(error))}"  # its sentence is ours, and whole
    return shorten("".join(traceback.format_exception_only(error)).strip(), readable)


def load(file):
    """Execute a learner's file. Returns its module. Raises StudentError with a sentence for what went wrong."""
    module = types.ModuleType(file.stem)
    module.__file__ = str(file)
    try:
        source = file.read_bytes()
    except FileNotFoundError:
        raise StudentError(
            "crashed", f"{file.name} is not there; `refalloc reset` with the exercise's number puts the stub back"
        ) from None
    try:
        code = compile(source, str(file), "exec")
    except SyntaxError as error:
        where = [] if error.lineno is None else [f"{file.name}, line {error.lineno}: {(error.text or '').strip()}"]
        raise StudentError("crashed", f"Python cannot read the file: {error.msg}", where) from None
    except ValueError as error:  # null bytes
        raise StudentError("crashed", f"Python cannot read the file: {error}") from None
    sys.modules[module.__name__] = module  # dataclasses and pickle look a class's module up
    try:
        exec(code, module.__dict__)
    except ImportError as error:
        raise StudentError(
            "crashed", f"The file imports what is not there: {error}; is it spelled right?", own_lines(file, error)
        ) from None
    except BaseException as error:
        raise StudentError(
            "crashed", f"The file raised {_what(error)} while it was loaded", own_lines(file, error)
        ) from None
    return module


def own_lines(file, error):
    """Where `error` passed through the learner's file: list of str, innermost last; no line of anything else."""
    return lines_of(file, traceback.extract_tb(error.__traceback__))


def lines_of(file, frames):
    """Those of `frames` (traceback.FrameSummary) that lie in `file`, the innermost few, as list of str."""
    own = [frame for frame in frames if frame.filename == str(file)]
    return [f"{file.name}, line {frame.lineno}, in {frame.name}: {frame.line}" for frame in own[-LINES_SHOWN:]]


def plain_copy(value):
    """A copy of plain data. Raises TypeError with a piece of a sentence: "a float; ..."."""
    if value is None or type(value) in (int, bool, bytes, str) or isinstance(value, tuple(_crossing)):
        return value
    if type(value) is list:
        return [plain_copy(item) for item in value]
    kind = f"{'an' if type(value).__name__[0] in 'aeiou' else 'a'} {type(value).__name__}"
    if type(value) is float:
        raise TypeError(f"{kind}; give an int back (`//` divides without a fraction)")
    if hasattr(value, "__next__"):
        raise TypeError(f"{kind}; `return` gives a value back where `yield` does not, and list(...) makes a list of it")
    if type(value) in (tuple, set, dict, range):
        raise TypeError(f"{kind}; give a list back")
    raise TypeError(f"{kind}; give back an int, bytes, a str, a list of those, or None")


def call_text(name, args, parameters=None):
    """A call as it would be written, with the names of parameters where they are known."""
    shown = [shorten(arg) for arg in args]
    if parameters is not None:
        shown = [f"{parameter}={text}" for parameter, text in zip(parameters, shown, strict=True)]
    return f"{name}({', '.join(shown)})"


def shorten(value, text=repr):
    """`value` as text, cut in the middle if it is long."""
    full = text(value)
    if len(full) <= TEXT_SHOWN:
        return full
    return f"{full[: TEXT_SHOWN * 2 // 3]} ... {full[-TEXT_SHOWN // 4 :]}"
