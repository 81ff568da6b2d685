"""A process that has pytest ready, and forks a judge from itself for each job: `python -P -m refalloc.grader.host`.

On standard input one job a line (JSON, see judge.Job); on standard output for each a line {"report": ...}, or
{"broken": message} when the grader and not the learner is at fault. A judge starts in 10 ms instead of 300, and nothing
that one leaves behind is seen by the next. Not multiprocessing: its fork server cannot be started from the daemonic
processes that a cluster's workers are.
"""

import json
import os
import select
import subprocess
import sys
import traceback
from typing import Any

from refalloc.grader import GraderError, judge, launch
from refalloc.grader.scratch import Scratch

JOB_OVERHEAD_SECONDS = 60  # for all of a job that is not the learner's time
TESTS_IN_TIME = 40  # tests of one job that may each take all of their seconds


class Host:
    """The parent's end. Raises nothing when its process dies: it is started again, and the job that it had too."""

    def __init__(self):
        self._process: Any = None  # subprocess.Popen
        self._scratch: Any = None  # Scratch, while there is a process

    def grade(self, job):
        """Run one job. Returns its report, dict, or raises GraderError."""
        line = json.dumps(job.as_json()).encode() + b"\n"
        for _ in range(2):
            reply = self._exchange(line, JOB_OVERHEAD_SECONDS + TESTS_IN_TIME * job.seconds * job.wall_factor)
            if reply:
                message = json.loads(reply)
                if "report" in message:
                    return message["report"]
                raise GraderError(message["broken"])
            self.close()
        raise GraderError(f"the judge of {job.student}'s exercise {job.exercise} died twice; was it out of memory?")

    def close(self):
        """End the process and the judge in it, and remove what they have not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None
            self._scratch.close()

    def _exchange(self, line, seconds):
        try:
            if self._process is None:
                self._scratch = Scratch()
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-X", "utf8", "-m", "refalloc.grader.host"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "TMPDIR": str(self._scratch.path)},
                    pass_fds=[self._scratch.descriptor],
                )
            self._process.stdin.write(line)
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], seconds)[0]:
                return self._process.stdout.readline()
        except BrokenPipeError:
            pass
        return b""


def serve():
    """Answer jobs until there are no more."""
    replies = os.dup(1)
    os.dup2(2, 1)  # what a check prints is no reply
    for line in sys.stdin.buffer:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            launch.die_with_parent()
            _write_all(writer, _reply(line))
            os._exit(0)
        os.close(writer)
        with open(reader, "rb") as pipe:
            reply = pipe.read()
        os.waitpid(pid, 0)
        if not reply.endswith(b"\n"):
            reply = _line({"broken": "the judge died; was the machine out of memory?"})
        _write_all(replies, reply)


def _reply(line):
    try:
        return _line({"report": judge.grade(judge.job_from_json(json.loads(line)))})
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
