"""Many jobs at once, on this machine: a thread and a host for each worker."""

import queue
import threading

from refalloc.grader import GraderError
from refalloc.grader.host import Host


def run_here(jobs, worker_count):
    """Grade jobs.

    Args:    jobs: list of judge.Job; worker_count: int, 1 or more.
    Yields:  (Job, its report or a GraderError), as they are done.

    When the generator is closed, what runs is ended.
    """
    to_do: queue.SimpleQueue = queue.SimpleQueue()
    done: queue.SimpleQueue = queue.SimpleQueue()
    hosts = [Host() for _ in range(min(worker_count, len(jobs)))]
    for job in jobs:
        to_do.put(job)
    for host in hosts:
        threading.Thread(target=_work, args=(host, to_do, done), daemon=True).start()
    try:
        for _ in jobs:
            yield done.get()
    finally:
        while True:  # what has not begun
            try:
                to_do.get_nowait()
            except queue.Empty:
                break
        for host in hosts:
            host.close()


def _work(host, to_do, done):
    while True:
        try:
            job = to_do.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((job, host.grade(job)))
        except GraderError as error:
            done.put((job, error))
