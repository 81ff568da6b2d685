"""A process that has pytest ready, and judges: `python -P -m refalloc.grader.court`.

    court      imports pytest, and forks
    session    for the checks of one exercise, which it collects, and forks
    judge      for one answer, and ends

On standard input one job a line (JSON, see job.Job); on standard output for each a line {"report": ...}, or
{"broken": message} when the grader and not the learner is at fault. A session is kept until a job has other checks, so
jobs of one exercise are best sent in a row: the next judge is a fork, and has nothing to collect. Nothing that one
judge leaves behind is seen by the next.
"""

import contextlib
import importlib
import json
import os
import select
import socket
import sys
import tempfile
import traceback
from pathlib import Path

from refalloc.grader import GraderError, judge, launch
from refalloc.grader.job import Checks, job_from_json
from refalloc.grader.sandbox import PRELOAD

DIED = "the judge died twice; was the machine out of memory?"


def serve():
    """Answer jobs until there are no more."""
    for name in ("refalloc.grader.worker", *PRELOAD):  # to keep their bytecode: a cage cannot write it
        importlib.import_module(name)
    replies = os.dup(1)
    os.dup2(2, 1)  # what a check prints is no reply
    session = Session([])
    for line in sys.stdin.buffer:
        checks = json.loads(line)["checks"]
        for _ in range(2):  # a session may have died of another's job, or with no job
            if session.checks != checks or not session.is_alive:
                session.close()
                session = Session(checks)
            reply = session.ask(line)
            if session.is_alive:
                break
        _write_all(replies, reply if session.is_alive else _line({"broken": DIED}))
    session.close()


class Session:
    """A process forked from this one when it is first asked, with checks collected.

    Args:       checks: list of the fields of job.Checks.
    Attributes: is_alive: bool, as far as its last reply tells.
    """

    def __init__(self, checks):
        self.checks = checks
        self.is_alive = True
        self._pid = None

    def _start(self):
        self._folder = tempfile.TemporaryDirectory(prefix="refalloc-judge-")
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            launch.die_with_parent()
            _hold_session(theirs, Path(self._folder.name), [Checks(**each) for each in self.checks])
            os._exit(0)
        theirs.close()
        self._socket, self._stream = ours, ours.makefile("rwb")

    def ask(self, line):
        """The reply to a job: a line of bytes; when the session has died, what there is of it."""
        if self._pid is None:
            self._start()
        reply = b""
        with contextlib.suppress(OSError):
            self._stream.write(line)
            self._stream.flush()
            self._wait()
            reply = self._stream.readline()
        self.is_alive = reply.endswith(b"\n")
        return reply

    def _wait(self):
        """Wait for a reply. When nobody is left to read it, end, and all that was forked with us."""
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        poller.register(0, 0)  # the end of standard input is told even so
        if all(descriptor == 0 for descriptor, _ in poller.poll()):
            os._exit(1)

    def close(self):
        """End it."""
        if self._pid is None:
            return
        with contextlib.suppress(OSError):  # it was the first to go, with something unsent
            self._stream.close()
        self._socket.close()
        os.waitpid(self._pid, 0)
        self._folder.cleanup()


def _hold_session(stream, folder, checks):
    def serve(grade):
        for line in stream.makefile("rb"):
            reply = _judged(line, grade)
            if not reply.endswith(b"\n"):
                break
            try:
                stream.sendall(reply)
            except BrokenPipeError:  # the parent has gone
                break
        os._exit(0)  # what pytest does at its end is for tests that it has run

    judge.hold(checks, folder, serve)


def _judged(line, grade):
    """What a judge, forked from this process, says of a job."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        launch.die_with_parent()
        _write_all(writer, _reply(line, grade))
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        reply = pipe.read()
    os.waitpid(pid, 0)
    return reply


def _reply(line, grade):
    try:
        return _line({"report": grade(job_from_json(json.loads(line)))})
    except GraderError as error:
        return _line({"broken": str(error)})
    except Exception:  # a mistake in the grader must not be taken for one of the learner's
        return _line({"broken": traceback.format_exc()})


def _line(message):
    return json.dumps(message).encode() + b"\n"


def _write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    serve()
