"""The learner's side: runs the learner's code and answers the judge's questions. Nothing it says is trusted.

Run inside the cage, as sandbox.py writes it: main(request), of which the keys are

    control   a socket's file descriptor, on which the judge says when a test begins and ends
    preload   modules to import before the first test, so that tests need not
    file      the answer
    fork      bool: a fresh child for each test; or else this process is good for one test
    limits    {"memory", "processes", "cpu_seconds", "file_len"}, see sandbox.Limits

On the control socket, from the judge: b"t" with the test's own socket as a file descriptor; b"e" when the test has
ended. To the judge: one byte b"r", ready; and after each b"e" a line with the exit
status of the test's process.
"""

import gc
import importlib
import math
import os
import resource
import signal
import socket


def main(request):
    limit(request["limits"])
    for name in request["preload"]:
        importlib.import_module(name)
    control = socket.socket(fileno=request["control"])
    gc.freeze()  # tests are forks of this process: what is here by now is not copied into each
    gc.enable()
    control.sendall(b"r")
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not command:
            os._exit(0)
        if command == b"e":
            control.sendall(b"%d\n" % end_all_others())
            continue
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        if not request["fork"] or os.fork() == 0:
            control.close()
            limit_time(request["limits"]["cpu_seconds"])
            answer_questions(request["file"], *descriptors)
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def limit(limits):
    for which, amount in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_len"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        if resource.RLIM_INFINITY not in (amount, hard):
            amount = min(amount, hard)
        elif amount == resource.RLIM_INFINITY:
            amount = hard
        resource.setrlimit(which, (amount, amount))


def limit_time(seconds):
    """From now on, this much processor time; then SIGXCPU, and a second later an end that nothing can catch."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1))


def end_all_others():
    """End every other process of this process-id namespace. Returns the exit status of the test's, as waitpid's."""
    os.kill(-1, signal.SIGKILL)
    status = 0
    while True:
        try:
            status = os.waitpid(-1, 0)[1]
        except ChildProcessError:
            return status


class AnswerFile:
    """What a Student needs of an answer's path. Pathlib is an eighth of all that a worker would import."""

    def __init__(self, path):
        self._path = path
        self.name = os.path.basename(path)
        self.stem = os.path.splitext(self.name)[0]

    def __str__(self):
        return self._path

    def read_bytes(self):
        with open(self._path, "rb") as file:
            return file.read()


def answer_questions(file, test_socket):
    """Answer one test's questions, until the judge has no more."""
    from refalloc.grader.mirror import Mirrors
    from refalloc.grader.protocol import ProtocolError, encode
    from refalloc.student import Student, StudentError

    student = Student(AnswerFile(file))
    stream = socket.socket(fileno=test_socket)
    mirrors = Mirrors(stream, student)
    calls = None  # of simulated threads
    while question := mirrors.next_question():
        seq, kind, name, args = question
        if kind == "stepped":
            if calls is None:
                from refalloc.grader.stepped_worker import Calls

                calls = Calls(student, file)
            mirrors.answer(calls.reply(*args))
            continue
        try:
            function = getattr(student, name)
            value = [function(*row) for row in args] if kind == "many" else function(*args)
            reply = encode([seq, "value", value])
        except StudentError as error:
            reply = encode([seq, "error", error.outcome, str(error), error.lines])
        except (ProtocolError, RecursionError, TypeError, ValueError) as error:
            message = f"{name} gave too much: {error}"
            reply = encode([seq, "error", "incorrect", message, []])
        stream.sendall(reply)
