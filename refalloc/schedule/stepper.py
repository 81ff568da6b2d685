"""Move simulated threads by hand: choose who is next, go back, branch."""

from refalloc.schedule.account import account, as_html
from refalloc.schedule.run import Run
from refalloc.schedule.scenario import Scenario, place_name
from refalloc.schedule.search import Follow, movers
from refalloc.schedule.watch import watching
from refalloc.trace.events import EventLog
from refalloc.trace.recorder import shown_frame
from refalloc.trace.state import Timeline


class Stepper:
    """One run, moved step by step.

        stepper = Stepper([program, program], text=my_allocator)
        stepper.step(0)
        stepper.step(1)
        stepper.back()

    Args:    programs, check, options: as for explore. schedule: list of int, steps to begin with.
    Raises:  ReplayError when the schedule cannot be followed.

    Attributes: schedule, verdict, preemptions, step_numbers, results: as those of Replay, so far.
    """

    def __init__(self, programs, check=None, schedule=(), **options):
        self.scenario = Scenario(programs, check, **options)
        self._start(schedule)

    @property
    def schedule(self):
        return self._run.schedule.copy()

    @property
    def verdict(self):
        return self._run.verdict

    @property
    def preemptions(self):
        return self._run.preemptions

    @property
    def step_numbers(self):
        return self._run.step_numbers.copy()

    @property
    def results(self):
        return self._run.results.copy()

    @property
    def recording(self):
        """All events so far, as a trace.Recording."""
        return self._run.log.recording()

    @property
    def state(self):
        """The heap as it is now, a trace.State."""
        events = self.recording.events
        return Timeline(events).state_at(len(events) - 1)

    @property
    def choices(self):
        """Threads that can move now, list of int; empty when the run is over."""
        run = self._run
        return [] if run.verdict is not None else list(run.runnable())

    def next_move(self, thread):
        """What `thread` will do first when it moves, in words."""
        what, thing = self._run.pending[thread]
        if what == "try_lock":
            return f"tries {place_name(thing.key)}"
        if what in ("unlock", "acquire", "release"):
            return f"{what}s {place_name(thing.key)}"
        return f"{what}s {place_name(thing)}" if thing is not None else f"{what}s"

    def source_place(self, thread):
        """Where `thread` stands: the line that makes its next move, as (filename, line number from 1).

        Returns: tuple of str and int; None before the thread's first move, and once it has ended.
        """
        frame = self._run.frame(thread)
        if frame is None:
            return None
        frame = shown_frame(frame)
        return frame.f_code.co_filename, frame.f_lineno

    def step(self, thread):
        """Move `thread` to its next switch point. Returns self.

        Raises:  ValueError when it cannot move; ProgramError.
        """
        if thread not in self.choices:
            able = f"{movers(self.choices)} can" if self.choices else "the run is over; go back, or start again"
            raise ValueError(f"T{thread} cannot move: {able}")
        self._policy.schedule.append(thread)
        self._go()
        return self

    def back(self, steps=1):
        """Undo the last `steps` steps. Returns self."""
        if not 0 <= steps <= len(self._run.schedule):
            raise ValueError(f"back({steps}): {len(self._run.schedule)} steps have been taken")
        schedule = self.schedule
        self.close()
        self._start(schedule[: len(schedule) - steps])
        return self

    def branch(self):
        """Another Stepper that stands where this one does; each then goes its own way."""
        other = type(self).__new__(type(self))
        other.scenario = self.scenario
        other._start(self.schedule)
        return other

    def close(self):
        """End the simulated threads. The schedule stays."""
        self._run.close()

    def _start(self, schedule):
        self._policy = Follow(schedule, stops=True)
        with watching():
            self._run = Run(self.scenario, self._policy, EventLog())
        self._go()

    def _go(self):
        with watching():
            self._run.go()
            self._run.judge()

    def _repr_html_(self):
        return as_html(repr(self))

    def __repr__(self):
        lines = [account(self), ""]
        for thread in self._run.alive:
            can = "" if thread in self.choices else ", but cannot move"
            lines.append(f"T{thread} next {self.next_move(thread)}{can}")
        if not self._run.alive and self.verdict is None:
            lines.append("all threads have ended, and nothing went wrong")
        return "\n".join(lines)
