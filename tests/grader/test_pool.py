"""Many judges at once, and their end in the middle of it."""

import json
import os
import signal
import subprocess
import sys

from grader.conftest import BOTH, LIMITS
from grader.ordinary import ANSWERS

from refalloc.grader.job import Job
from refalloc.grader.pool import run_here

WAITS = "import time\ndef size_class_index(length, alignment):\n    time.sleep(1000)\n"
GRADE = """
import json, sys
from refalloc.grader.job import job_from_json
from refalloc.grader.pool import run_here
jobs = [job_from_json(fields) for fields in json.loads(sys.stdin.read())]
for job, report in run_here(jobs, 2):
    print(job.key, flush=True)
"""


def job(number, answer, level, seconds=5):
    source = f"{answer}\n# {number}\n".encode()
    return Job(f"key{number}", "ada", "04.1", source, "exercise_1.py", BOTH, level, seconds=seconds, limits=LIMITS)


def test_what_is_left_when_the_caller_stops_is_not_begun(bwrap, nothing_left):
    reports = run_here([job(n, ANSWERS["right"][0], bwrap) for n in range(8)], 2)
    assert next(reports)[1]["points"] == 5
    reports.close()


def test_an_interrupt_ends_all_and_says_no_more_than_that(bwrap, nothing_left):
    jobs = [job(0, ANSWERS["right"][0], bwrap), *(job(n, WAITS, bwrap, 3) for n in range(1, 6))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", GRADE], start_new_session=True, **pipes) as process:
        process.stdin.write(json.dumps([each.as_json() for each in jobs]))
        process.stdin.close()
        assert process.stdout.readline() == "key0\n"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        errors = process.stderr.read()
        assert process.wait() == -signal.SIGINT
    assert errors.count("Traceback") == 1, errors
    assert errors.strip().endswith("KeyboardInterrupt")
