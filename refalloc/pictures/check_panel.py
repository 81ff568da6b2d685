"""CheckPanel: the checks of an exercise, live as they run; and Progress: the course at a glance.

Both draw plain rows that they are given; what runs checks and keeps the record is handed in as functions.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets
from watchfiles import watch as file_changes

from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, Still
from refalloc.pictures.story import Table

MARKS = {
    "correct": "✓",
    "incorrect": "✗",
    "crashed": "✗",
    "timed out": "✗",
    "not attempted": "○",
    "not reached": "·",
}
_NOTHING_YET: dict[str, Any] = {"outcome": "", "points": 0, "max_points": 0, "message": "", "lines": [], "printed": ""}


class CheckPanel(Picture):
    """The results of an exercise's checks, its hints, and its file; checked again when the file is saved.

    Args:    exercise: dict of id, title, file (str, its path), and link (str, what the link to it says, or "").
             run: function of on_test that checks and returns the report as a dict of outcome, points, max_points,
             message, lines, printed, and tests, each a dict of name, outcome, points, max_points, message, lines;
             on_test is to be called with each such test as it ends.
             next_hint: function of nothing: the hints shown so far and one more, list of str; None for none.
             hint_count: int, how many there are.
             watches: bool, whether to check again whenever the file is saved, until the panel is closed.
    """

    _esm = joined_module("check_panel.js")
    _exercise = traitlets.Dict().tag(sync=True)
    _report = traitlets.Dict().tag(sync=True)
    _tests: Any = traitlets.List().tag(sync=True)
    _running = traitlets.Bool(False).tag(sync=True)
    _hints: Any = traitlets.List().tag(sync=True)
    _hint_count = traitlets.Int(0).tag(sync=True)
    _problem = traitlets.Unicode("").tag(sync=True)  # why there is no report, when the checks themselves did not work
    _home = traitlets.Unicode().tag(sync=True)
    _live = traitlets.Bool(True).tag(sync=True)

    def __init__(self, exercise, run, next_hint=None, hint_count=0, watches=False):
        self._run: Callable = run
        self._next_hint = next_hint
        self._one_at_a_time = threading.Lock()
        self._stop = threading.Event()
        super().__init__(
            title=f"{exercise['id']} {exercise['title']}",
            _exercise=exercise,
            _report=_NOTHING_YET,
            _home=str(Path.home()),
            _hint_count=hint_count if next_hint is not None else 0,
        )
        self.on_msg(self._on_message)
        if watches:
            threading.Thread(target=self._watch, name=f"watch {exercise['id']}", daemon=True).start()

    def check(self):
        """Run the checks; rows appear as they end. Returns the report, a dict. Raises what `run` raises."""
        with self._one_at_a_time:
            self._tests = []
            self._running = True
            self._problem = ""
            try:
                report = self._run(lambda test: setattr(self, "_tests", [*self._tests, test]))
                self._tests = list(report["tests"])
                self._report = {key: report[key] for key in _NOTHING_YET}
            finally:
                self._running = False
        return report

    def _check_and_tell(self):
        """Check, where nobody would hear of an error: the panel tells it."""
        try:
            self.check()
        except Exception as error:
            self._problem = f"The checks did not run: {error}"

    def hint(self):
        """Show one more hint. Returns all that are shown: list of str."""
        if self._next_hint is not None:
            self._hints = list(self._next_hint())
        return self._hints

    def close(self):
        """Watch the file no more, and end the widget."""
        self._stop.set()
        super().close()

    def _on_message(self, _, message, __):
        if message["action"] == "check":
            self._check_and_tell()
        elif message["action"] == "hint":
            self.hint()

    def _watch(self):
        file = Path(self._exercise["file"]).resolve()
        for changes in file_changes(file.parent, stop_event=self._stop, raise_interrupt=False):
            if any(Path(changed).resolve() == file for _, changed in changes):
                self._check_and_tell()

    def facts(self):
        """{"outcome": str, "Tests": Table}."""
        rows = [
            [MARKS[test["outcome"]], test["name"], test["outcome"], f"{test['points']} of {test['max_points']}"]
            for test in self._tests
        ]
        return {"outcome": self._outcome(), "Tests": Table(["result", "test", "outcome", "points"], rows)}

    def _outcome(self):
        report = self._report
        if not report["outcome"]:
            return "not checked yet"
        plural = "" if report["max_points"] == 1 else "s"
        return f"{report['outcome']}, {report['points']} of {report['max_points']} point{plural}"

    def text(self):
        said = f" {self._report['message']}" if self._report["message"] else ""
        return f"{self.title}: {self._outcome()}.{said}"

    def png(self, theme="light"):
        """The results as PNG: bytes. `theme`: "light" or "dark"."""
        still = Still(900, 400 + 80 * len(self._tests), theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(self._outcome(), style="bold")
        if self._report["message"]:
            still.paragraph(self._report["message"])
        still.y += 6
        still.table(self.facts()["Tests"], most=60)
        return still.png()

    def _page_state(self):
        return {**super()._page_state(), "_live": False}


class Progress(Picture):
    """All lessons and their exercises: what has passed, and the points.

    Args:    lessons: list of dicts of id, title, and exercises, each a dict of id, title, passed (bool), points,
             max_points, hints (how many were shown).
    """

    _esm = joined_module("progress.js")
    lessons: Any = traitlets.List().tag(sync=True)

    def __init__(self, lessons, title="Progress"):
        super().__init__(lessons=lessons, title=title)

    def _exercises(self):
        return [exercise for lesson in self.lessons for exercise in lesson["exercises"]]

    def text(self):
        exercises = self._exercises()
        passed = sum(exercise["passed"] for exercise in exercises)
        points = sum(exercise["points"] for exercise in exercises)
        most = sum(exercise["max_points"] for exercise in exercises)
        following = next(
            (f" Next: {e['id']}, {e['title'].removesuffix('?')}." for e in exercises if not e["passed"]), ""
        )
        return f"{passed} of {len(exercises)} exercises passed, {points} of {most} points.{following}"

    def facts(self):
        """{"summary": str, "Exercises": Table}."""
        rows = [
            [
                e["id"],
                e["title"],
                "passed" if e["passed"] else "open",
                f"{e['points']} of {e['max_points']}",
                str(e["hints"]),
            ]
            for e in self._exercises()
        ]
        return {"summary": self.text(), "Exercises": Table(["exercise", "title", "state", "points", "hints"], rows)}

    def png(self, theme="light"):
        """The course at a glance as PNG: bytes. `theme`: "light" or "dark"."""
        still = Still(900, 200 + 34 * len(self.lessons), theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(self.text(), style="bold")
        still.y += 4
        for lesson in self.lessons:
            still.text(f"{lesson['id']} {lesson['title']}", y=still.y + 4)
            for index, exercise in enumerate(lesson["exercises"]):
                left = 360 + index * 60 + MARGIN
                fill = still.colours["live"][0] if exercise["passed"] else still.colours["page"]
                still.draw.rounded_rectangle(
                    [left, still.y, left + 52, still.y + 22], 5, fill, still.colours["line"], 1
                )
                mark = "✓ " if exercise["passed"] else ""
                still.text(
                    mark + exercise["id"], left + 6, still.y + 4, "plain", 11, "page" if exercise["passed"] else "ink"
                )
            still.y += 30
        return still.png()
