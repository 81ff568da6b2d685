"""Start a worker in the strongest cage that this machine has.

    level      files       network  other processes  memory, time  started by
    bwrap      namespace   none     namespace        limits        bubblewrap
    landlock   Landlock    none     seccomp          limits        this package
    user       a user id   none     seccomp          limits        this package, as root only
    limits     open        none     seccomp          limits        this package; never by itself

All levels have the seccomp filter (see seccomp.py). Started as root, every level gives root up first: bubblewrap that
root starts makes a namespace whose user is the host's root. What a level cannot give is an error, and never a reason to
take another: choose_level looks for one once, and a run keeps to it.

Not covered: holes in the kernel, which all levels share with their host; memory is limited for each process, not
for all of them together.
"""

import contextlib
import functools
import itertools
import os
import platform
import pwd
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import refalloc
from refalloc.grader import GraderError
from refalloc.grader.launch import launch
from refalloc.grader.seccomp import machine_is_known, seccomp_filter

LEVELS = ("bwrap", "landlock", "user", "limits")
START_SECONDS = 20  # for a worker to say that it is ready, on a machine that is busy
END_SECONDS = 5  # for all processes in the cage to end when told to
TMP_LEN = 16 << 20  # bytes of files, in all, that the tests of an answer may write
GRACE_SECONDS = 0.5  # for a process that has closed its socket to leave its exit status
SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/bin", "/sbin")
PACKAGE = Path(refalloc.__file__).parent
# Users that systemd sets aside for services without a name of their own (systemd.io/UIDS-GIDS): no file is theirs.
UNUSED_UIDS = range(61184, 65520)
PRELOAD = ("refalloc.student", "refalloc.grader.mirror", "refalloc.grader.protocol")
# What is imported is kept: to collect garbage meanwhile finds none. The worker enables it again.
START = """\
import gc, sys
gc.disable()
sys.path[:0] = {sys_path}
from refalloc.grader.worker import main
main({request})
"""
_sandboxes_started = itertools.count()


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    Attributes: memory: int, bytes of address space of each process; processes: int, of one sandbox, its own two
                included; cpu_seconds: int, processor time of one test, 1 or more; file_len: int, bytes of one file.
    """

    memory: int = 3 << 29  # an arena of refalloc's default length, 1 GiB of address space, and half of that besides
    processes: int = 16
    cpu_seconds: int = 60
    file_len: int = 1 << 20


class Sandbox:
    """A running cage around one answer. Use it as a context manager: on leaving, every process in it has ended.

    Args:    answer: bytes, the text of the learner's file; file_name: str, its name;
             level: str, of LEVELS; limits: Limits; preload: modules that the worker imports before any test;
             place: Path of a folder for its files, or None for the system's.
    Raises:  GraderError when it does not start.
    """

    def __init__(self, answer, file_name, level, limits=Limits(), preload=PRELOAD, place=None):
        self.level = level
        self.limits = limits
        self.forks = level == "bwrap"
        self._answer = answer
        self._file_name = file_name
        self._preload = preload
        self._place = place
        self._uid = unused_uid() if os.geteuid() == 0 else None

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="refalloc-answer-", dir=self._place)
        self._lay_out(Path(self._folder.name))
        try:
            self._start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_):
        self._stop()
        self._folder.cleanup()

    def _lay_out(self, folder):
        """What the worker may read of ours: the answer, and a folder to import this package from and nothing else."""
        folder.chmod(0o755)
        (folder / self._file_name).write_bytes(self._answer)
        (folder / self._file_name).chmod(0o644)
        (folder / "import").mkdir(mode=0o755)
        (folder / "import" / "refalloc").symlink_to(PACKAGE)

    def _start(self):
        self._control, theirs = socket.socketpair()
        passed = [theirs.fileno()]
        seccomp = None
        if machine_is_known():
            seccomp = _memory_file(seccomp_filter(alone=not self.forks))
            passed.append(seccomp)
        elif self.level != "limits":
            raise GraderError(f"no filter of system calls is known for {platform.machine()}; use x86_64 or aarch64")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed in _stop
        try:
            request = self._request(theirs, seccomp) | {"keep": passed}
            self._process = subprocess.Popen(
                request["argv"],
                preexec_fn=functools.partial(launch, request),  # and not a Python more, which would take 30 ms
                pass_fds=passed,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
        finally:
            theirs.close()
            if seccomp is not None:
                os.close(seccomp)
        if self._read(1, START_SECONDS) != b"r":
            said = self._said()
            self._stop()
            raise GraderError(
                f"the sandbox ({self.level}) did not start: {said}; `refalloc grade --doctor` tries each level"
            )

    def _stop(self):
        """End all. May be called again."""
        if self._control.fileno() == -1:
            return
        if self.forks:  # the worker itself is ours: it ends when it is told to, and bubblewrap then
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._control.shutdown(socket.SHUT_WR)
                self._process.wait(GRACE_SECONDS)
        if self._process.poll() is None:  # until it is reaped, the id is its own
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        # The namespace ends with its first process, which dies when bubblewrap does; its end of the socket closes then.
        if self.forks:
            self._control.settimeout(END_SECONDS)
            with contextlib.suppress(OSError):
                while self._control.recv(4096):
                    pass
        self._control.close()
        self._errors.close()

    def start_test(self):
        """A fresh process for one test. Returns a socket to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = [theirs.fileno()]
            try:
                socket.send_fds(self._control, [b"t"], descriptors)
            except OSError:  # an earlier test has ended all processes in the cage
                self._stop()
                self._start()
                socket.send_fds(self._control, [b"t"], descriptors)
        return ours

    def end_test(self):
        """End what the test started. Returns the exit status that is claimed, as waitpid's; None when not known."""
        if self.forks:
            with contextlib.suppress(OSError, ValueError):
                self._control.sendall(b"e")
                return self._read_status()
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(GRACE_SECONDS)
                self._stop()
                return -status if status < 0 else status << 8
        self._stop()
        return None

    def _read_status(self):
        line = b""
        while not line.endswith(b"\n"):
            piece = self._read(1, END_SECONDS)
            if not piece or len(line) > 20:
                raise OSError("the worker does not say that the test has ended")
            line += piece
        return int(line)

    def _read(self, length, seconds):
        if not select.select([self._control], [], [], seconds)[0]:
            return b""
        try:
            return self._control.recv(length)
        except OSError:
            return b""

    def _said(self):
        self._errors.seek(0)
        return self._errors.read(4000).decode(errors="replace").strip()[-600:] or "it said nothing"

    def _request(self, control, seccomp):
        folder = self._folder.name
        libraries = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
        paths = [sys.base_prefix, *libraries, str(PACKAGE), folder]
        worker = {
            "control": control.fileno(),
            "preload": self._preload,
            "file": f"{folder}/{self._file_name}",
            "fork": self.forks,
            "limits": self._limits(),
        }
        python = os.path.realpath(sys.executable)
        start = START.format(sys_path=[f"{folder}/import", *libraries], request=worker)
        argv = [python, "-I", "-S", "-B", "-c", start]
        if self.forks:
            argv = [*_bubblewrap(paths, seccomp), *argv]
        return {
            "uid": self._uid,
            "paths": paths,
            "landlock": self.level == "landlock",
            "system": [folder for folder in SYSTEM_FOLDERS if os.path.isdir(folder)],
            "seccomp": None if self.forks else seccomp,
            "argv": argv,
        }

    def _limits(self):
        """Where there is no namespace, no process may be started, and no file written that would remain. A user who
        runs other programs too has them counted with ours: there is no limit to set then, and none is needed."""
        limits = asdict(self.limits)
        if not self.forks:
            limits["file_len"] = 0
            if self._uid is None:
                limits["processes"] = resource.RLIM_INFINITY
        return limits


def _bubblewrap(paths, seccomp):
    path = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if path is None:
        raise GraderError("bwrap is not installed; `apt-get install bubblewrap`, or take another --level")
    # As process 1, the worker has nobody above it in its namespace whom an answer could reach.
    argv = [path, "--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    argv += ["--hostname", "sandbox"]
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            argv += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            argv += ["--ro-bind", folder, folder]
    # No /proc: an answer of the same user could write into the memory of the worker that forks the next test.
    argv += ["--dev", "/dev", "--size", str(TMP_LEN), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    for folder in paths:
        argv += ["--ro-bind", folder, folder]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/"]  # both are file systems in memory, without a limit
    if seccomp is not None:
        argv += ["--seccomp", str(seccomp)]
    return [*argv, "--"]


def unused_uid():
    """A user id that belongs to nobody, another one for each sandbox of this machine, as far as they go round."""
    start = os.getpid() * 16 + next(_sandboxes_started)
    for step in range(len(UNUSED_UIDS)):
        uid = UNUSED_UIDS[(start + step) % len(UNUSED_UIDS)]
        try:
            pwd.getpwuid(uid)
        except KeyError:
            return uid
    raise GraderError(f"every user id from {UNUSED_UIDS.start} to {UNUSED_UIDS.stop - 1} has an account; none is left")


def _memory_file(content):
    """A file descriptor to read `content` from."""
    descriptor = os.memfd_create("refalloc-seccomp")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
