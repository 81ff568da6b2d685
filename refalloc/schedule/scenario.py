"""What is run and explored, and what is said when it fails."""

import inspect
from dataclasses import dataclass, field
from typing import Any

from refalloc import allocator
from refalloc.check import check_invariants
from refalloc.heap import RECORD_ALIGN_LOG2

STEP_LIMIT = 3_000  # steps of one run; a few calls take some dozens


@dataclass
class Scenario:
    """Programs, what they run on, and what must hold.

    Attributes: programs: functions of a SteppedThread, one for each thread.
                check: function of the finished Run, called when all threads have ended. It says that something is
                wrong by AssertionError, False, or a sentence as str. None for no check.
                text: module with alloc, free, resize, remap (those that programs use).
                lane_count: int, 1 or more.
                prepare: function of a SteppedThread, run before the threads start; what it returns is
                thread.prepared in each of them. None for nothing.
                invariants: function of (heap, live blocks) that raises InvariantError; None for none, as for a text
                that keeps its metadata in another form than check.py knows.
                atomic: bool; True makes every access one atomic step and a switch point, and races no failure.
                map_limit: int, how often heap.map gives pages before it refuses; None for always.
                step_limit: int, steps of the schedule after which a run counts as endless.
    """

    programs: list
    check: Any = None
    text: Any = allocator
    lane_count: int = 2
    prepare: Any = None
    invariants: Any = check_invariants
    atomic: bool = False
    map_limit: int | None = None
    step_limit: int = STEP_LIMIT
    sound: set = field(default_factory=set, repr=False)  # heaps at rest that `invariants` has found sound already

    def __post_init__(self):
        self.programs = list(self.programs)
        if not self.programs or not all(callable(program) for program in self.programs):
            raise TypeError(
                f"programs are {self.programs!r}; expected a list of functions, one for each thread, "
                "each taking the thread: def program(thread): ..."
            )
        for program in self.programs:
            if inspect.isgeneratorfunction(program) or inspect.iscoroutinefunction(program):
                raise TypeError(
                    f"{program.__name__} is a generator or coroutine function, which does nothing when it is called; "
                    "write a plain function: switches come at the steps of the heap by themselves"
                )
        if self.lane_count < 1:
            raise ValueError(f"lane_count is {self.lane_count}; a heap needs at least one lane")


@dataclass(frozen=True)
class Verdict:
    """What went wrong in a run.

    Attributes: kind: str, such as "data race"; message: str, a sentence.
                thread: int, whose step it was; None when it is nobody's.
                step: int, how many steps of the schedule had begun.
                number: int, events that had been logged; 0 when the run was not recorded.
                key: the place that raced, as run.py names it, or None; other: the thread it raced with, or None.
    """

    kind: str
    message: str
    thread: int | None
    step: int
    number: int
    key: Any = None
    other: int | None = None


def place_name(key):
    """A place or lock, in the allocator's own terms: "frees[1] of lane 0", "the word at 0x200000040", "lane 1"."""
    if isinstance(key, int):
        return f"the word at {key:#x}"
    if key[0] in ("frees", "next_addrs", "room", "marks"):
        return f"{key[0]}[{key[2]}] of lane {key[1]}"
    if key[0] == "record":
        return f"word {key[2]} of the record of the slab at {key[1] << RECORD_ALIGN_LOG2:#x}"
    if key[0] == "lane":
        return f"lane {key[1]}"
    return f"{key[0]} {key[1]}"
