"""The course in a terminal, as a learner has it: keys go in, and what stands on the screen is read."""

import contextlib
import os
import sys
import time

import pexpect
import pyte
import pytest

from refalloc.course.progress import Progress
from refalloc.course.stubs import stub_text

if os.name == "nt":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

LIMIT_SECONDS = 60  # a hang must end; nothing else waits for it
DOWN, ENTER, ESCAPE = "\x1b[B", "\r", "\x1b"


class Terminal:
    """A program on a terminal of some rows and columns."""

    def __init__(self, args, folder, rows=30, columns=100):
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.child = pexpect.spawn(
            sys.executable, args, cwd=str(folder), dimensions=(rows, columns), encoding="utf-8", env=environment
        )

    def text(self):
        return "\n".join(line.rstrip() for line in self._screen.display)

    def type(self, keys):
        self.child.send(keys)

    def until(self, *parts):
        """Read until all `parts` stand on the screen at once. Returns all that does."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while not all(part in self.text() for part in parts):
            assert time.monotonic() < deadline, f"no {parts} on\n{self.text()}"
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self.child.read_nonblocking(1 << 16, timeout=1))
        return self.text()

    def end(self):
        """Read to the end. Returns the exit code."""
        self.child.expect(pexpect.EOF, timeout=LIMIT_SECONDS)
        self.child.close()
        return self.child.exitstatus


@pytest.fixture
def short_course(course):
    """The course's first three lessons."""
    index = course.root / "exercises" / "index.toml"
    lessons = index.read_text().split("[[lesson]]\n")
    index.write_text("[[lesson]]\n".join(lessons[:4]))
    return type(course)(course.root, course.lessons[:3])


@pytest.fixture
def terminal(short_course):
    terminals = []

    def start(*args, **size):
        terminals.append(Terminal(["-m", "refalloc", "check", "--watch", *args], short_course.root, **size))
        return terminals[-1]

    yield start
    for each in terminals:
        each.child.close(force=True)


def test_from_the_first_exercise_to_the_end_each_first_wrong_and_then_right(terminal, short_course):
    term = terminal()
    points = 0
    for place, exercise in enumerate(short_course.exercises):
        shown = term.until(f"{exercise.id} not attempted: 0 of {exercise.points}")
        assert f"{exercise.id} {exercise.title}" in shown
        assert f"Edit {exercise.file.relative_to(short_course.root)}" in shown
        wrong = sorted(exercise.solution.parent.glob("wrong_*.py"))[0].read_text()
        exercise.file.write_text(wrong)
        message = wrong.splitlines()[0].removeprefix("# fails with: ")
        term.until(message[:40], "h gives a hint")
        exercise.file.write_text(exercise.solution.read_text())
        points += exercise.points
        term.until(
            f"{exercise.id} correct: {exercise.points} of {exercise.points}",
            f"{points} of 14 points, {place + 1} of 7 exercises",
        )
        term.type("s")
        term.until(f"Exercise {exercise.id}, explained.")
        term.type("n")
    term.until("All exercises have passed.", "02 Bump and alignment", "7 of 7 points")
    term.type("q")
    assert term.end() == 0
    assert Progress(short_course).next_exercise() is None


def test_hints_come_one_at_a_time(terminal, short_course):
    term = terminal("01.2")
    term.until("01.2 not attempted")
    term.type("h")
    assert "Hint 2" not in term.until("Hint 1 of 3: A block has bytes 6 to 9.")
    term.type("h")
    assert "Hint 3" not in term.until("Hint 2 of 3")
    term.type(ESCAPE)
    term.until("01.2 not attempted")
    assert Progress(short_course).hints_shown(short_course.exercise("01.2")) == 2


def test_the_list_goes_to_the_exercise_that_is_chosen(terminal):
    term = terminal()
    term.until("00.1 not attempted")
    term.type("l")
    term.until("> 00.1", "02.3  to do")
    term.type(DOWN * 2 + "jjk")
    term.until("> 01.3")
    term.type(ENTER)
    term.until("01.3 not attempted", "Edit exercises/01_memory/exercise_3.py")


def test_the_list_follows_the_choice_where_it_is_longer_than_the_screen(terminal):
    term = terminal(rows=9)
    term.until("00.1 not attempted")
    term.type("l" + DOWN * 6)
    assert "00.1  to do" not in term.until("> 02.3")


def test_a_view_longer_than_the_screen_says_so_and_scrolls(terminal):
    term = terminal(rows=12)
    term.until("00.1 not attempted")
    term.type("?")
    assert "back to the report" not in term.until("more below", "go to the next")
    term.type(" ")
    assert "more below" not in term.until("back to the report")


def test_reset_asks_first_and_keeps_the_file(terminal, short_course):
    exercise = short_course.exercise("00.1")
    exercise.file.write_text(exercise.solution.read_text())
    term = terminal("00.1")
    term.until("00.1 correct")
    term.type("x")
    term.until("Put the stub of 00.1 back?", "y yes")
    term.type("n")
    term.until("n next")
    assert exercise.file.read_text() == exercise.solution.read_text()
    term.type("xy")
    term.until("00.1 not attempted", "exercise_1.kept-1.py")
    assert exercise.file.read_text() == stub_text(exercise)


def test_a_solution_stays_closed_until_the_exercise_passes(terminal):
    term = terminal()
    term.until("00.1 not attempted")
    term.type("s")
    term.until("The solution of 00.1 opens when your own passes")


def test_a_check_that_runs_is_ended_by_quitting(terminal, short_course):
    exercise = short_course.exercise("00.1")
    pid_file = short_course.root / "pid"
    exercise.file.write_text(
        f"import os\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\n"
        "def waste(asked_len, given_len):\n    while True: pass\n"
    )
    term = terminal()
    term.until("Checking ...")
    while not (pid_file.exists() and pid_file.read_text()):
        assert term.child.isalive()
    term.type("q")
    assert term.end() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_ctrl_c_ends_it_and_leaves_the_terminal_as_it_was(terminal):
    term = terminal()
    term.until("00.1 not attempted")
    term.child.sendintr()
    assert term.end() == 0


def test_progress_that_cannot_be_kept_is_told_beside_the_verdict(terminal, short_course):
    (short_course.root / ".refalloc").write_text("a file where the folder should be")
    term = terminal("00.1")
    term.until("00.1 not attempted", "progress unknown", "folder writable")
    term.type("h")
    term.until("Hint 1 of 3", "folder writable")


def test_where_there_are_no_keys_there_is_no_screen(short_course):
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{sys.executable} -m refalloc check --watch 00.1 </dev/null"],
        cwd=str(short_course.root),
        encoding="utf-8",
    )
    child.expect("Ctrl-C ends", timeout=LIMIT_SECONDS)
    assert "n\xa0next" not in child.before
    child.close(force=True)
