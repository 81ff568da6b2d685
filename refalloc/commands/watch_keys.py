"""refalloc check --watch in a terminal: the whole course on one screen, with keys.

Above, the exercise; in the middle one of several views, what the check says at first; below, the keys. The check runs
in a thread, and again after each save; a key or a save that comes meanwhile may end it. What it looks like is in
watch_views.py.
"""

import asyncio
import threading
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, Window
from watchfiles import awatch as folder_changes

from refalloc.commands import watch_views
from refalloc.commands.watch import stamp_of
from refalloc.commands.watch_views import KEYS, lines_of
from refalloc.course import CourseError, stubs
from refalloc.course.index import HINT_COUNT
from refalloc.course.runner import check_exercise
from refalloc.course.text import short_path

HEAD_HEIGHT = 3
PAGE = 10  # lines
STEPS = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -PAGE, "pagedown": PAGE, " ": PAGE}


class Check:
    """A check in a thread. Attributes: tests: list of TestResult so far; report: CheckReport, None until it ends."""

    def __init__(self, exercise):
        self.tests = []
        self.report = None
        self._exercise = exercise
        self._lock = threading.Lock()
        self._end = None  # ends the process, once there is one
        self._stopped = False

    def run(self, on_test):
        """Check; call on_test() when a test has ended. Raises CourseError."""

        def note(test):
            self.tests.append(test)
            on_test()

        self.report = check_exercise(self._exercise, on_test=note, on_start=self._started)

    def _started(self, end):
        with self._lock:
            self._end = end
            if self._stopped:
                end()

    def stop(self):
        """End it, now or as soon as it starts."""
        with self._lock:
            self._stopped = True
            if self._end is not None:
                self._end()


class CourseScreen:
    """The screen, and what its keys do.

    Args: course: index.Course; progress: progress.Progress; exercise: where to start, None for the first that has not
          passed.
    """

    def __init__(self, course, progress, exercise=None):
        self._course = course
        self._progress = progress
        self._exercise = exercise or progress.next_exercise() or course.exercises[0]
        self._check = Check(self._exercise)
        self._stamp = None  # of the file that was checked
        self._hints: list[str] = []
        self._notice = ""
        self._asks_reset = False
        self._line = 0  # the first that is shown; in the list, the one that is chosen
        self._view = "check"
        self._views = {
            "check": lambda console: watch_views.show_check(console, self._check),
            "hints": lambda console: watch_views.show_hints(console, self._exercise, self._hints),
            "solution": lambda console: watch_views.show_solution(console, self._exercise, progress),
            "list": lambda console: watch_views.show_list(console, progress, self._line),
            "progress": lambda console: watch_views.show_progress(console, progress),
            "help": watch_views.show_help,
        }
        head = Window(FormattedTextControl(self._head), height=HEAD_HEIGHT)
        middle = Window(
            FormattedTextControl(self._middle, get_cursor_position=lambda: Point(0, self._line)),
            get_vertical_scroll=lambda window: window.vertical_scroll if self._view == "list" else self._line,
            always_hide_cursor=True,
        )
        foot = Window(FormattedTextControl(self._foot), dont_extend_height=True)
        self._app: Application = Application(
            Layout(HSplit([head, middle, foot])), key_bindings=self._bindings(), full_screen=True
        )

    def run(self):
        """Show it until the user ends it."""
        asyncio.run(self._run())

    async def _run(self):
        def start():
            self._begin_check()
            self._app.create_background_task(self._follow_saves())

        try:
            await self._app.run_async(pre_run=start)
        finally:
            self._check.stop()

    # What is shown

    def _lines(self, view, **options):
        return lines_of(partial(view, **options), self._app.output.get_size().columns)

    def _head(self):
        return _text(self._lines(watch_views.show_head, exercise=self._exercise, progress=self._progress))

    def _middle(self):
        return _text(self._lines(self._views[self._view]))

    def _foot(self):
        keys = {key: name for key, (name, _) in KEYS.items()}
        notice = self._notice
        if self._asks_reset:
            keys = {"y": "yes", "any other key": "no"}
            notice = f"Put the stub of {self._exercise.id} back? Your file is kept beside it."
        elif self._view == "list":
            keys = {"up, down": "choose", "Enter": "go there", "l": "back", "q": "quit"}
        foot = partial(self._lines, watch_views.show_foot, notice=notice, keys=keys)
        height = self._app.output.get_size().rows - HEAD_HEIGHT - len(foot(more=False))
        below = len(self._lines(self._views[self._view])) - self._line - height
        return _text(foot(more=self._view != "list" and below > 0))

    def _show(self, view, line=0):
        self._view, self._line = view, line

    def _toggle(self, view, line=0):
        self._show("check") if self._view == view else self._show(view, line)

    # Checks

    def _begin_check(self):
        self._check.stop()
        self._check = Check(self._exercise)
        self._stamp = stamp_of(self._exercise.file)
        self._show("check")
        self._app.create_background_task(self._follow(self._check))

    async def _follow(self, check):
        try:
            await asyncio.to_thread(check.run, self._app.invalidate)
            if check is self._check:
                self._progress.record(check.report)
        except CourseError as error:  # the record cannot be written, and the verdict stands; or the check is broken
            if check is self._check:
                self._notice = str(error)
        self._app.invalidate()

    async def _follow_saves(self):
        """The folder and a look each second, as in watch.py."""
        folder = self._course.root / "exercises"
        async for _ in folder_changes(folder, rust_timeout=1000, yield_on_timeout=True):
            if stamp_of(self._exercise.file) not in (self._stamp, None):
                self._notice = ""
                self._begin_check()

    # Keys

    def _bindings(self):
        actions = {
            "n": self._next,
            "h": self._hint,
            "s": lambda: self._toggle("solution"),
            "l": lambda: self._toggle("list", self._course.exercises.index(self._exercise)),
            "p": lambda: self._toggle("progress"),
            "r": self._begin_check,
            "x": self._ask_reset,
            "?": lambda: self._toggle("help"),
            "q": self._quit,
            "enter": self._choose,
            "escape": lambda: self._show("check"),
            "<any>": lambda: None,
            **{key: partial(self._scroll, step) for key, step in STEPS.items()},
        }
        bindings = KeyBindings()
        for key, action in actions.items():
            bindings.add(key, eager=key == "escape")(partial(self._pressed, action))  # do not wait for a second key
        for key in ("c-c", "<sigint>"):
            bindings.add(key)(lambda event: self._quit())
        return bindings

    def _pressed(self, action, event):
        self._notice = ""
        answers, self._asks_reset = self._asks_reset, False
        try:
            if not answers:
                action()
            elif event.data == "y":
                self._reset()
        except CourseError as error:
            self._notice = str(error)

    def _next(self):
        here = self._course.exercises.index(self._exercise)
        others = self._course.exercises[here + 1 :] + self._course.exercises[:here]
        following = next((exercise for exercise in others if not self._progress.passed(exercise)), None)
        if following is not None:
            self._go(following)
        elif self._progress.passed(self._exercise):
            self._show("progress")
        else:
            self._notice = "All others have passed."

    def _choose(self):
        if self._view == "list":
            self._go(self._course.exercises[self._line])

    def _go(self, exercise):
        self._exercise, self._hints = exercise, []
        self._begin_check()

    def _hint(self):
        number = min(len(self._hints) + 1, HINT_COUNT) if self._hints else None
        self._hints, self._notice = self._progress.show_hint(self._exercise, number)
        self._show("hints")

    def _ask_reset(self):
        self._asks_reset = True

    def _reset(self):
        kept = stubs.reset(self._exercise)
        self._begin_check()
        kept_as = "" if kept is None else f"; your file is kept as {short_path(kept)}"
        self._notice = f"{short_path(self._exercise.file)} is the stub again{kept_as}."

    def _scroll(self, step):
        count = len(self._course.exercises) if self._view == "list" else len(self._lines(self._views[self._view]))
        self._line = min(max(self._line + step, 0), count - 1)

    def _quit(self):
        self._app.exit()


def _text(lines):
    return ANSI("\n".join(lines))
