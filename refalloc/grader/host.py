"""The process that judges, from outside: started when it is needed, and again when it dies (see court.py).

Not multiprocessing: its fork server cannot be started from the daemonic processes that a cluster's workers are.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from typing import Any

from refalloc.grader import GraderError
from refalloc.grader.scratch import Scratch

JOB_OVERHEAD_SECONDS = 60  # for all of a job that is not the learner's time
END_SECONDS = 5  # for a process without a job to end
TESTS_IN_TIME = 40  # tests of one job that may each take all of their seconds


class Host:
    """The parent's end. Raises nothing when its process dies: it is started again, and the job that it had too.

    Locks: close may be called while another thread is in grade, which then raises GraderError.
    """

    def __init__(self):
        self._process: Any = None  # subprocess.Popen
        self._scratch: Any = None  # Scratch, while there is a process
        self._is_idle = True
        self._is_closed = False
        self._ending = threading.Lock()

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
            self._end()
        raise GraderError(f"the judge of {job.student}'s exercise {job.exercise} died twice; was it out of memory?")

    def close(self):
        """End the process and all that it has forked, and remove what they have not."""
        self._is_closed = True
        self._end()

    def _end(self):
        with self._ending:
            process, self._process = self._process, None
            if process is None:
                return
            with contextlib.suppress(BrokenPipeError):  # it died before it had read all
                process.stdin.close()
            if self._is_idle:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(END_SECONDS)  # there are no more jobs: it ends
            process.kill()
            process.wait()
            process.stdout.close()
            self._scratch.close()

    def _started(self):
        with self._ending:
            if self._is_closed:
                raise GraderError("grading was stopped")
            if self._process is None:
                self._scratch = Scratch()
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-X", "utf8", "-m", "refalloc.grader.court"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "TMPDIR": str(self._scratch.path)},
                    pass_fds=[self._scratch.descriptor],
                    start_new_session=True,  # Ctrl-C is for the parent, which ends it
                )
            return self._process

    def _exchange(self, line, seconds):
        process = self._started()
        try:
            self._is_idle = False
            process.stdin.write(line)
            process.stdin.flush()
            if select.select([process.stdout], [], [], seconds)[0]:
                reply = process.stdout.readline()
                self._is_idle = True
                return reply
        except (BrokenPipeError, ValueError):  # it died, or was closed by another thread
            pass
        return b""
