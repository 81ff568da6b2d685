"""One question, its checks, and a judge to grade answers to it."""

import contextlib
import os
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest

from refalloc.grader.exports.gradescope import PACKAGE_FILES
from refalloc.grader.host import Host
from refalloc.grader.job import Checks, Job
from refalloc.grader.probe import try_level
from refalloc.grader.sandbox import UNUSED_UIDS, Limits
from refalloc.grader.scratch import sweep

ROOT = Path(__file__).parents[2]
CHECKS = """
import pytest


def expected(length, alignment):
    return max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3


def test_one_byte(student):
    assert student.size_class_index(1, 1) == 0


def test_a_word(student):
    assert student.size_class_index(8, 8) == 0


def test_more_than_a_word(student):
    assert student.size_class_index(9, 8) == 1
"""
HIDDEN_CHECKS = """
import pytest


def expected(length, alignment):
    return max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3


@pytest.mark.hint("what if the alignment is larger than the length?")
def test_the_alignment_is_larger(student):
    assert student.size_class_index(1, 64) == 3


def test_every_length(student):
    rows = [(length, 1 << power) for length in range(1, 400) for power in range(7)]
    for row, got in zip(rows, student.size_class_index.many(rows), strict=True):
        assert type(got) is int
        assert got == expected(*row)
"""
BOTH = (Checks("test_exercise_1.py", CHECKS, False), Checks("test_exercise_1.py", HIDDEN_CHECKS, True))
# Small enough for a machine that others use too: an attack on memory gets 256 MiB, one on processes 8 of them.
LIMITS = Limits(memory=256 << 20, processes=8, cpu_seconds=10)


def require(level):
    """Skip where this machine has no such cage; where all of them must be there, fail."""
    report = try_level(level)
    if report.missing:
        assert not os.environ.get("CI"), f"{level} must work here: {report.missing}"
        pytest.skip(f"this machine has no {level}: {report.missing}")
    assert not report.leaks or level in ("user", "limits")


@pytest.fixture(scope="session")
def bwrap():
    require("bwrap")
    return "bwrap"


@pytest.fixture(scope="session")
def landlock():
    require("landlock")
    return "landlock"


@pytest.fixture(scope="session")
def host(scratch):
    host = Host()
    yield host
    host.close()


@pytest.fixture
def judge(host):
    """judge(answer, level) is the report of one answer, str or bytes or None, to the question above."""

    def grade(answer, level, checks=BOTH, **fields):
        answer = answer.encode() if isinstance(answer, str) else answer
        fields = {"seconds": 2, "limits": LIMITS} | fields
        return host.grade(Job("key", "ada", "04.1", answer, "exercise_1.py", checks, level, **fields))

    return grade


def small_course(root):
    """A clone with one exercise of five points, two of them hidden."""
    folder = root / "exercises" / "00_start"
    folder.mkdir(parents=True)
    entry = 'title = "Classes"\nminutes = 5\npoints = 3\nseconds = 2\nfunctions = ["f"]\nhints = ["a", "b", "c"]\n'
    lesson = '[[lesson]]\nfolder = "00_start"\ntitle = "Start"\nquestion = "?"\n[[lesson.exercise]]\n'
    (root / "exercises" / "index.toml").write_text(lesson + entry)
    (folder / "test_exercise_1.py").write_text(CHECKS)
    (folder / "exercise_1.py").write_text("# an instructor's own answer\n")
    hidden = root / "private" / "00_start"
    hidden.mkdir(parents=True)
    (hidden / "test_exercise_1.py").write_text(HIDDEN_CHECKS)
    for name in PACKAGE_FILES:
        (root / name).write_text((ROOT / name).read_text())
    (root / "refalloc").symlink_to(ROOT / "refalloc")
    return root


def strays():
    """Processes of our cages: in another process-id namespace than ours, or of a user that only cages have.

    Others may grade on this machine at the same time: what a process that is not below this one holds is theirs.
    """
    ours, found = os.readlink("/proc/self/ns/pid"), []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            is_dead = "State:\tZ" in (folder / "status").read_text()
            if is_caged(folder, ours) and not is_dead and not is_held_by_others(folder, ours):
                found.append(command_of(folder))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def is_caged(folder, ours):
    return os.readlink(folder / "ns/pid") != ours or folder.stat().st_uid in UNUSED_UIDS


def is_held_by_others(folder, ours):
    """Whether a Python above this process, outside any cage and no child of this one, may still end it."""
    is_held, is_below = False, False
    while folder.name not in ("0", "1"):
        is_held |= "python" in command_of(folder) and not is_caged(folder, ours)
        is_below |= folder.name == str(os.getpid())
        folder = folder.with_name((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return is_held and not is_below


def hosts_below(pid):
    """Ids of the judges' processes that `pid` has started, and those have, innermost first."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if "-m refalloc.grader." in command_of(Path("/proc") / child):
            found += [*hosts_below(child), int(child)]
    return found


def command_of(folder):
    return (folder / "cmdline").read_text().replace("\0", " ")[:200]


@pytest.fixture(scope="session", autouse=True)
def scratch():
    """A folder of this session's own for what judges and cages put into the system's folder of temporary files."""
    with tempfile.TemporaryDirectory(prefix="refalloc-tests-") as folder:
        os.chmod(folder, 0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", folder)
            patch.setattr(tempfile, "tempdir", folder)
            yield Path(folder)


def left_files(scratch):
    """What cages or attacks have left where files are left."""
    places = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.cwd()]
    attacked = [path for place in places for path in place.iterdir() if path.name.startswith("refalloc-attack")]
    return [*attacked, *scratch.glob("refalloc-run-*/refalloc-answer-*"), *scratch.glob("refalloc-answer-*")]


@pytest.fixture
def nothing_left(scratch):
    """After the test no process of a cage runs, and no file remains."""
    yield
    deadline = time.monotonic() + 10
    while (strays() or left_files(scratch)) and time.monotonic() < deadline:
        os.sched_yield()  # the kernel ends a namespace at once, but not at this very moment
        sweep()  # as the next run does after one that was killed
    assert strays() == []
    assert left_files(scratch) == []


@pytest.fixture
def listener():
    """A port on the loopback interface, and the list of who connected."""
    with listening() as found:
        yield found


@contextlib.contextmanager
def listening():
    callers: list = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    connection, caller = server.accept()
                except OSError:
                    return
                connection.close()
                callers.append(caller)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
