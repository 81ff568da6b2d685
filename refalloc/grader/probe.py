"""Proof that a cage holds: an answer that tries what no answer may do, and what the judge makes of it."""

import contextlib
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from refalloc.grader import GraderError
from refalloc.grader.launch import landlock_version
from refalloc.grader.proxy import Patience, Student
from refalloc.grader.sandbox import LEVELS, Sandbox
from refalloc.grader.scratch import Scratch
from refalloc.student import StudentError

PATIENCE_SECONDS = 20
ANSWER = b"""
import os, socket

def read_file(path):
    return len(open(path, "rb").read())

def write_file(path):
    return open(path, "w").write("x")

def connect(port):
    socket.create_connection(("127.0.0.1", port), timeout=2)

def connect_abstract(name):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\\0" + name)

def signal(pid):
    os.kill(pid, 0)

def user():
    return os.getuid()

def add(a, b):
    return a + b
"""


@dataclass(frozen=True)
class Finding:
    """One attempt. Attributes: attempt: str, in words; held: bool, whether the cage prevented it."""

    attempt: str
    held: bool


@dataclass(frozen=True)
class LevelReport:
    """What a level gives here. Attributes: level: str; missing: str, why it cannot start, "" when it can; findings."""

    level: str
    missing: str
    findings: tuple[Finding, ...]

    @property
    def leaks(self):
        """Attempts that succeeded."""
        return [finding.attempt for finding in self.findings if not finding.held]


def try_level(level):
    """Start a cage of `level` and try to break out of it. Returns LevelReport."""
    missing = _what_is_missing(level)
    if missing:
        return LevelReport(level, missing, ())
    try:
        with Scratch() as scratch, Sandbox(ANSWER, "probe.py", level, place=scratch.path) as sandbox:
            return LevelReport(level, "", tuple(_attempts(sandbox, scratch.path)))
    except GraderError as error:
        return LevelReport(level, str(error), ())


def choose_level(wanted=None, unsafe=False):
    """The strongest level that works here, or `wanted` if it does.

    Args:    wanted: of LEVELS, or None; unsafe: bool, whether rlimits alone will do.
    Returns: LevelReport.
    Raises:  GraderError when there is none, or when a cage that starts does not hold.
    """
    tried = []
    for level in LEVELS if wanted is None else (wanted,):
        if level == "limits" and not unsafe:
            tried.append("limits: rlimits alone hold nobody back who means harm; pass --unsafe if you trust them all")
            continue
        report = try_level(level)
        if not report.missing:
            if report.leaks and level in ("bwrap", "landlock"):
                raise GraderError(f"the sandbox ({level}) is broken: an answer could {', and '.join(report.leaks)}")
            return report
        tried.append(f"{level}: {report.missing}")
    raise GraderError("no sandbox works here.\n" + "\n".join(tried))


def _what_is_missing(level):
    if level == "bwrap" and shutil.which("bwrap") is None:
        return "bwrap is not installed (apt-get install bubblewrap)"
    if level == "landlock" and landlock_version() == 0:
        return "this kernel has no Landlock (Linux 5.13 has, if it is switched on)"
    if level == "user" and os.geteuid() != 0:
        return "only root can start a worker as another user"
    return ""


def _attempts(sandbox, place):
    """Each attempt, made by the answer, as a Finding. Args: place: Path of a folder for its files."""
    student = Student(sandbox, Patience(PATIENCE_SECONDS))
    try:
        if student.add(2, 3) != 5:
            raise GraderError("the worker cannot add; the protocol or the Python in the cage is broken")
        with _targets(place) as (secret, port, name):
            for attempt, call, argument in (
                ("read a file of the judge's", student.read_file, secret),
                ("read the list of this system's users", student.read_file, "/etc/passwd"),
                ("write where others look", student.write_file, "/var/tmp/refalloc-probe"),
                ("connect to this machine", student.connect, port),
                ("connect to an abstract socket", student.connect_abstract, name),
                ("signal the judge", student.signal, os.getpid()),
            ):
                try:
                    call(argument)
                    yield Finding(attempt, held=False)
                except StudentError:
                    yield Finding(attempt, held=True)
        yield Finding("run as root", held=student.user() != 0)
    finally:
        student._close()
        Path("/var/tmp/refalloc-probe").unlink(missing_ok=True)


@contextlib.contextmanager
def _targets(place):
    """A file that only the judge may read, a port on the loopback interface, and an abstract socket."""
    name = f"refalloc-probe-{os.getpid()}"
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        secret = Path(folder) / "secret"
        secret.write_text("a hidden test")
        abstract.bind(f"\0{name}")
        abstract.listen()
        yield str(secret), server.getsockname()[1], name
