"""Memory of everything that this process has started, while it runs: proportional set size (PSS).

Of a page that several processes share, each counts its part: forks of one process would count it many times in resident
sizes. Source: proc(5), /proc/PID/smaps_rollup.
"""

import contextlib
import os
import threading
from pathlib import Path

INTERVAL_SECONDS = 0.02


class PeakMemory:
    """Watches processes below this one, while it is used as a context manager.

    Attributes: total: int, bytes of all of them together at most; caged: int, bytes of the largest process in another
                process-id namespace than ours, 0 for none.

    What lives for less than INTERVAL_SECONDS may be missed.
    """

    def __init__(self):
        self.total = self.caged = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()

    def _watch(self):
        while not self._stopped.wait(INTERVAL_SECONDS):
            sizes = {pid: set_size(pid) for pid in below(os.getpid())}
            self.total = max(self.total, sum(sizes.values()))
            self.caged = max([self.caged, *(size for pid, size in sizes.items() if size and _is_caged(pid))])


def below(pid):
    """Ids of all processes that `pid` has started, and those have: list of int."""
    found = []
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, file.read_text().split()):
                found += [child, *below(child)]
    return found


def set_size(pid):
    """Proportional set size of a process, bytes; 0 when it has ended or is somebody else's."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def _is_caged(pid):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid") != os.readlink("/proc/self/ns/pid")
    return False
