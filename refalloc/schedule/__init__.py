"""Simulated threads on a simulated heap: step through them, replay them, and try every interleaving.

    from refalloc.schedule import explore

    def program(thread):
        a = thread.alloc(24)
        thread.free(a)

    explore([program, program], text=my_allocator)

What is convicted and what is not detected: run.py. How the search goes: search.py.
"""

from refalloc.schedule.errors import OutsideRunError, ProgramError, ReplayError
from refalloc.schedule.explore import Exploration, Replay, ScheduleFailure, explore, replay
from refalloc.schedule.heap import SteppedHeap
from refalloc.schedule.shared import Atomic, Lock, Shared
from refalloc.schedule.stepper import Stepper
from refalloc.trace.recorder import hide_file as _hide_file

__all__ = [
    "Atomic",
    "Exploration",
    "Lock",
    "OutsideRunError",
    "ProgramError",
    "Replay",
    "ReplayError",
    "ScheduleFailure",
    "Shared",
    "SteppedHeap",
    "Stepper",
    "explore",
    "replay",
]

for _module in ("heap", "run", "shared", "thread", "turns"):
    _hide_file(__file__.replace("__init__", _module))
