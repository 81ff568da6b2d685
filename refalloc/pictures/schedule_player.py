"""SchedulePlayer: the learner is the scheduler, and moves simulated threads one step at a time.

Simulated threads can be moved only by the real thread that started them, but a kernel may hand a button's message to
any of its threads. So one thread of the picture's own starts and moves them all.
"""

import contextlib
import dataclasses
import linecache
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import traitlets

from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, Still, one_of_many
from refalloc.pictures.story import Moment, Table
from refalloc.schedule import Exploration, ProgramError, Replay, Stepper
from refalloc.schedule.account import LEFT_OUT
from refalloc.trace import PROLOGUE, Kind
from refalloc.trace.describe import describe

STILL_ROWS = 40  # of the steps, the last
_NOT_OF_SCENARIO = ("programs", "check", "sound")


class SchedulePlayer(Picture):
    """A column for each thread, a button for each move, back, and branches to come back to.

    Args:    of: Stepper; or Exploration or Replay, which opens at the end of its schedule; or a list of programs, as
             for explore. options: of a list of programs, those of Stepper.
    Raises:  ValueError for an Exploration that found no failure; what Stepper raises.
    """

    _esm = joined_module("schedule_player.js")
    _board = traitlets.Dict().tag(sync=True)
    _way: Any = traitlets.List().tag(sync=True)  # the board before each step that was there to begin with
    _mover: Any = None  # the thread that moves the others; None once closed
    _live = traitlets.Bool(True).tag(sync=True)  # whether anyone is there to move the threads

    def __init__(self, of, check=None, title="SchedulePlayer", **options):
        mover = ThreadPoolExecutor(1, "SchedulePlayer")
        self._stepper = mover.submit(_stepper_of, of, check, options).result()
        self._mover = mover
        self.branches = []  # schedules to come back to
        super().__init__(title=title, _board=self._moved(self._told), _way=self._moved(self._told_on_the_way))
        self.on_msg(self._on_message)

    @property
    def schedule(self):
        """The thread of each step so far: list of int."""
        return self._stepper.schedule

    @property
    def choices(self):
        """Threads that can move now: list of int."""
        return self._stepper.choices

    @property
    def recording(self):
        """All events so far, a Recording."""
        return self._stepper.recording

    def step(self, thread):
        """Move `thread` to its next switch point. Raises ValueError when it cannot move."""
        self._move(lambda: self._stepper.step(thread))

    def back(self, steps=1):
        """Undo the last `steps` steps. Raises ValueError when there are fewer."""
        self._move(lambda: self._stepper.back(steps))

    def branch(self):
        """Keep the schedule so far, to come back to it."""
        if self.schedule not in self.branches:
            self.branches.append(self.schedule)
        self._move(lambda: None)

    def return_to(self, branch):
        """Go to a kept schedule. Args: branch: int, its place in `branches`. Raises IndexError."""
        schedule = self.branches[branch]

        def go():
            self._stepper.back(len(self.schedule))
            for thread in schedule:
                self._stepper.step(thread)

        self._move(go)

    def close(self):
        """End the simulated threads, and the widget. A widget that is let go is closed again."""
        mover, self._mover = self._mover, None
        if mover is not None:
            with contextlib.suppress(RuntimeError):  # Python is ending, and has ended the thread already
                mover.submit(self._stepper.close).result()
            mover.shutdown()
        super().close()

    def _move(self, move):
        self._moved(move)
        self._board = self._moved(self._told)

    def _moved(self, move):
        """What `move`, a function of nothing, returns or raises, on the thread that moves."""
        return self._mover.submit(move).result()

    def memory_map(self):
        """MemoryMap of the run so far."""
        return MemoryMap(self.recording, title=f"MemoryMap after {_counted(len(self.schedule), 'step')}")

    def _on_message(self, _, message, __):
        actions: dict[str, Callable[..., None]] = {
            "step": self.step,
            "back": self.back,
            "branch": self.branch,
            "return": self.return_to,
        }
        try:
            actions[message["action"]](*message.get("arguments", ()))
        except (ValueError, IndexError, ProgramError) as error:  # such as one pressed before the last move was drawn
            self._board = {**self._moved(self._told), "refusal": str(error)}

    def _told(self):
        """All that the picture shows, as plain data."""
        stepper = self._stepper
        recording = stepper.recording
        moment = Moment(recording, len(recording.events) - 1)
        return {
            **_told_of(stepper),
            "steps": [self._step(index, recording, moment) for index in range(len(stepper.schedule))],
            "branches": self.branches.copy(),
            "refusal": "",
        }

    def _told_on_the_way(self):
        """What the picture showed, but for its steps, before each step of the schedule."""
        told = []
        with contextlib.closing(self._stepper.branch()) as stepper:
            schedule = stepper.schedule
            stepper.back(len(schedule))
            for thread in schedule:
                told.append(_told_of(stepper))
                stepper.step(thread)
        return told

    def _step(self, index, recording, moment):
        stepper = self._stepper
        bounds = [*stepper.step_numbers, len(recording.events)]
        events = recording.events[bounds[index] : bounds[index + 1]]
        own = [event for event in events if event["thread"] != PROLOGUE]
        told = [
            describe(event, recording.names, lambda addr: moment.target(addr) if addr >= moment.base else str(addr))
            for event in [event for event in own if event["kind"] not in LEFT_OUT] or own
        ]
        thread = stepper.schedule[index]
        if not told:  # a step of a program's own, without a word of the heap
            told = ["goes on" if thread in stepper.schedule[:index] else "starts"]
        return {"thread": thread, "lines": told}

    def facts(self):
        """{"state": str, "Steps": Table}: a row for each step, a column for each thread."""
        board = self._board
        columns = ["step", *(thread["name"] for thread in board["threads"])]
        rows = []
        for number, step in enumerate(board["steps"], 1):
            cells = ["; ".join(step["lines"]) if step["thread"] == t else "" for t in range(len(board["threads"]))]
            rows.append([str(number), *cells])
        return {"state": board["state"], "Steps": Table(columns, rows)}

    def text(self):
        board = self._board
        able = ", ".join(f"{t['name']} {t['next']}" for t in board["threads"] if t["can_move"])
        return f"{self.title}. {board['state']}" + (f" Can move: {able}." if able else "")

    def png(self, theme="light"):
        """The run so far as PNG: bytes. `theme`: "light" or "dark"."""
        table = self.facts()["Steps"]
        still = Still(900, 400 + 60 * len(table.rows), theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(self._board["state"], style="bold")
        for index, thread in enumerate(self._board["threads"]):
            still.draw.rectangle([MARGIN, still.y, MARGIN + 10, still.y + 14], one_of_many(index))
            can = "" if thread["can_move"] or thread["next"] == "has ended" else ", but cannot move"
            still.paragraph(
                f"{thread['name']} next: {thread['next']}{can}. {thread['at']} {thread['source']}", MARGIN + 18
            )
        still.y += 8
        if len(table.rows) > STILL_ROWS:
            still.text(f"{_counted(len(table.rows) - STILL_ROWS, 'step')} before these", colour="faint")
        still.table(Table(table.columns, table.rows[-STILL_ROWS:]), most=STILL_ROWS)
        return still.png()

    def _page_state(self):
        return {**super()._page_state(), "_live": False, "_way": self._moved(self._told_on_the_way)}


def _stepper_of(of, check, options):
    if isinstance(of, Stepper):
        return of.branch()
    if isinstance(of, Exploration):
        if of.failure is None:
            raise ValueError("this exploration found no failure, so there is no schedule to open; pass the programs")
        of = of.failure
    if isinstance(of, Replay):
        scenario = of.scenario
        names = [field.name for field in dataclasses.fields(scenario) if field.name not in _NOT_OF_SCENARIO]
        same = {name: getattr(scenario, name) for name in names}
        return Stepper(scenario.programs, scenario.check, of.schedule, **same)
    return Stepper(of, check, **options)


def _told_of(stepper):
    """Where a stepper stands, as plain data; what its steps did is not in it."""
    verdict = stepper.verdict
    return {
        "threads": [_thread(stepper, thread) for thread in range(len(stepper.scenario.programs))],
        "verdict": "" if verdict is None else f"{verdict.kind} at step {verdict.step}: {verdict.message}",
        "state": _state_of(stepper),
        "schedule": stepper.schedule,
        "preemptions": stepper.preemptions,
    }


def _thread(stepper, thread):
    events = stepper.recording.events
    at = source = ""
    place = stepper.source_place(thread)
    if place is not None:
        file, line = place
        at, source = f"{Path(file).name}:{line}", linecache.getline(file, line).strip()
    has_ended = bool(((events["thread"] == thread) & (events["kind"] == Kind.THREAD_END)).any())
    next_move = "has ended" if has_ended else stepper.next_move(thread)
    can_move = thread in stepper.choices
    return {"name": f"T{thread}", "can_move": can_move, "next": next_move, "at": at, "source": source}


def _state_of(stepper):
    count = len(stepper.schedule)
    steps = f"{_counted(count, 'step')}, {_counted(stepper.preemptions, 'preemption')}."
    if stepper.verdict is not None:
        return f"{steps} {stepper.verdict.kind}: {stepper.verdict.message}."
    if not stepper.choices:
        return f"{steps} All threads have ended, and nothing went wrong."
    return f"{steps} You are the scheduler: choose who moves."


def _counted(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"
