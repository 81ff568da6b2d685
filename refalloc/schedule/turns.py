"""Simulated threads that take turns: greenlets, of which one moves and the others keep their places in the text.

A step of the schedule is the move of one thread up to its next switch point. Before each step a policy (search.py)
says who moves. What the switch points are, and what a step does, is in run.py.
"""

import traceback
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from refalloc.schedule.current import enter_run
from refalloc.schedule.errors import OutsideRunError, ProgramError, ReplayError, StuckError
from refalloc.schedule.heap import AT_REST, SteppedHeap
from refalloc.schedule.scenario import Verdict
from refalloc.schedule.waiting import Waiting

CLOSED_CALL_LIMIT = 100  # steps that a program may try after it was ended, before it is left where it is

NOT_THE_SAME = (
    "as in an earlier run: the programs do not do the same in each run; keep what they share in Shared or "
    "on the heap and not in Python variables, and use no clock and no randomness"
)

_unkillable: list = []  # greenlets of programs that catch all exceptions in a loop; never to be collected


class Convicted(BaseException):
    """Thrown through the text and the program when the run is over for them. Not theirs to catch."""


class Turns:
    """The threads of one run, and whose turn it is. Attributes: see Run."""

    def __init__(self, scenario, policy, log):
        thread_count = len(scenario.programs)
        self.scenario = scenario
        self.policy = policy
        self.log = log
        self.heap = SteppedHeap(scenario.lane_count, scenario.map_limit)
        self.heap.run = self
        self.waiting = Waiting(thread_count)
        self.schedule = []
        self.step_numbers = []
        self.preemptions = 0
        self.current: Any = None
        self.alive = list(range(thread_count))
        self.pending = [("start", None)] * thread_count
        self.results = [None] * thread_count
        self.verdict: Any = None
        self.stuck_step = 0  # how many steps had begun when all threads came to wait
        self.is_closed = False
        self.is_interrupted = False  # by a signal that the watch sent
        self._closed_calls = 0
        self._error: Any = None
        self._is_stopped = False
        self._main: Any = None
        self._greenlets = [greenlet(self._body) for _ in self.alive]

    def go(self):
        """Move threads until all have ended, the run is convicted, or the policy stops; it may go on later.

        Raises:  ProgramError, ReplayError; whatever the policy raises.
        """
        before = enter_run(self)
        self._main = getcurrent()
        self._is_stopped = False
        try:
            while not self._is_stopped:
                chosen = self._choose()
                if chosen is None:
                    break
                self._switch(chosen)
        finally:
            self.heap.thread = None
            enter_run(before)
        if self._error is not None:
            raise self._error

    def at_rest(self, function):
        """Call `function` while no thread moves; steps on the heap take effect at once and are nobody's."""
        before, thread = enter_run(self), self.heap.thread
        self.heap.thread = AT_REST
        try:
            return function()
        finally:
            self.heap.thread = thread
            enter_run(before)

    def close(self):
        """End the threads that have not ended. No more steps."""
        self.is_closed = True
        for thread in self._greenlets:
            if thread and not thread.dead:
                thread.throw(GreenletExit)
                if not thread.dead:
                    _unkillable.append(thread)

    def runnable(self):
        """Threads that can move, in order."""
        raise NotImplementedError

    def place(self):
        """Thread and step, in words."""
        return "the start" if self.current is None else f"step {len(self.schedule)}, by T{self.current}"

    def frame(self, thread):
        """The frame in which `thread` stands at its next step; None before its first, and once it has ended."""
        return self._greenlets[thread].gr_frame

    def progress(self):
        """What changes with each step. For the watch, from another real thread."""
        return len(self.schedule), self._closed_calls

    def convict(self, kind, message, key=None, other=None):
        """Note what went wrong, if nothing has before; the run stops at the next switch point."""
        if self.verdict is None and not self.is_closed:
            thread = None if self.heap.thread == AT_REST else self.heap.thread
            number = 0 if self.log is None else len(self.log)
            self.verdict = Verdict(kind, message, thread, len(self.schedule), number, key, other)

    def throw(self):
        """Leave the text and the program from within."""
        raise Convicted

    def leave(self):
        """Leave them from within once more, if the run is closed and they went on (in a finally, or an except)."""
        if not self.is_closed or getcurrent() not in self._greenlets:
            return
        self._closed_calls += 1
        if self._closed_calls > CLOSED_CALL_LIMIT:
            getcurrent().parent.switch()
        raise GreenletExit

    def point(self, what, thing):
        """A switch point: others may move before this thread does `what`. Returns the thread's number."""
        thread = self.heap.thread
        if getcurrent() is not self._greenlets[thread]:
            self._error = ProgramError(
                f"{what} on the simulated heap by a real thread, or a greenlet other than T{thread}'s, at "
                f"{self.place()}; give each thread a program of its own instead"
            )
            raise self._error
        self.pending[thread] = (what, thing)
        chosen = self._choose()
        if chosen is None:
            self._is_stopped = True
            self._main.switch()
        elif chosen != thread:
            self._switch(chosen)
        return thread

    def _choose(self):
        """The thread that moves next, entered into the schedule; None to stop."""
        if self.verdict is not None or self._error is not None or not self.alive:
            return None
        runnable = self.runnable() or self._try_on()
        if not runnable:
            return None
        schedule, current = self.schedule, self.current
        if len(schedule) >= self.scenario.step_limit:
            self.convict("endless run", f"the programs have not ended after {self.scenario.step_limit} steps")
            return None
        try:
            chosen = self.policy.choose(self, current, runnable)
        except ReplayError as error:
            self._error = error
            return None
        if chosen is None:
            return None
        if chosen not in runnable:
            self._error = ProgramError(f"T{chosen} cannot move at step {len(self.schedule) + 1} {NOT_THE_SAME}")
            return None
        schedule.append(chosen)
        if self.log is not None:
            self.step_numbers.append(len(self.log))
        if chosen != current:
            if current in runnable:
                self.preemptions += 1
            self.current = chosen
        return chosen

    def _try_on(self):
        """No thread can move. Let those that try in vain try on; [] when that has got nobody anywhere."""
        if self.waiting.rounds == 0:
            self.stuck_step = len(self.schedule)
        runnable = self.runnable() if self.waiting.try_on() else []
        if not runnable:
            self.convict_stuck()
        return runnable

    def convict_stuck(self):
        """All threads wait for each other."""
        raise NotImplementedError

    def run_program(self, thread):
        """All that one thread does. Returns what its program returns."""
        raise NotImplementedError

    def _switch(self, thread):
        """Let `thread` go on; returns when someone lets the caller go on."""
        self.heap.thread = thread
        if self.pending[thread][0] == "start":
            self.pending[thread] = ("run", None)
            self._greenlets[thread].switch(thread)
        else:
            self._greenlets[thread].switch()

    def _body(self, thread):
        """The life of one simulated thread."""
        try:
            self.results[thread] = self.run_program(thread)
        except (Convicted, GreenletExit):
            pass
        except (StuckError, KeyboardInterrupt) as error:
            self._error = self._stuck_error(thread, error)
        except (ProgramError, OutsideRunError) as error:
            self._error = error
        except BaseException as error:
            self.convict("exception", f"{type(error).__name__}: {error}")
        if self.is_closed:
            return
        self.pending[thread] = ("end", None)
        self.alive = [other for other in self.alive if other != thread]
        self.waiting.got_on(thread)

    def _stuck_error(self, thread, error):
        """What to raise for an interruption: by the watch, which sends a signal too, or by a person."""
        if isinstance(error, KeyboardInterrupt) and not self.is_interrupted:
            return error
        frames = traceback.extract_tb(error.__traceback__)
        where = [frame for frame in frames if not frame.filename.startswith(_FOLDER)][-1]
        return ProgramError(
            f"T{thread} does not come to its next step, after step {len(self.schedule)}: line {where.lineno} of "
            f"{where.filename} is a loop that uses neither heap nor Shared, or waits for something "
            "real; let it end, wait by Lock of refalloc.schedule, or take a step on the heap each time round"
        )


_FOLDER = __file__.rpartition("turns")[0]
