"""The process that judges, from outside: started when it is needed, and again when it dies (see court.py).

Not multiprocessing: its fork server cannot be started from the daemonic processes that a cluster's workers are.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from typing import Any

from refalloc.grader import GraderError
from refalloc.grader.scratch import Scratch

JOB_OVERHEAD_SECONDS = 60  # for all of a job that is not the learner's time
END_SECONDS = 5  # for a process without a job to end
TESTS_IN_TIME = 40  # tests of one job that may each take all of their seconds


class Host:
    """The parent's end. Raises nothing when its process dies: it is started again, and the job that it had too."""

    def __init__(self):
        self._process: Any = None  # subprocess.Popen
        self._scratch: Any = None  # Scratch, while there is a process
        self._is_idle = True

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
        """End the process and all that it has forked, and remove what they have not."""
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError):  # it died before it had read all
                self._process.stdin.close()
            if self._is_idle:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(END_SECONDS)  # there are no more jobs: it ends
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None
            self._scratch.close()

    def _exchange(self, line, seconds):
        try:
            if self._process is None:
                self._scratch = Scratch()
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-X", "utf8", "-m", "refalloc.grader.court"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "TMPDIR": str(self._scratch.path)},
                    pass_fds=[self._scratch.descriptor],
                )
            self._is_idle = False
            self._process.stdin.write(line)
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], seconds)[0]:
                reply = self._process.stdout.readline()
                self._is_idle = True
                return reply
        except BrokenPipeError:
            pass
        return b""
