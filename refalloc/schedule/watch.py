"""Guards round the runs: against real threads inside simulated ones, and loops that never use the heap.

While runs are on, threading.Thread.start refuses when a simulated thread calls it, and a watching thread looks every
PATIENCE seconds whether the simulated threads have taken a step. If they have not, it raises an exception in the real
thread that runs them. Time enters nowhere else, and no verdict depends on it.

Not caught: a call into C that does not return; and a wait for a real lock, but in the main thread.
"""

import contextlib
import ctypes
import signal
import threading

from refalloc.schedule.current import current_run
from refalloc.schedule.errors import ProgramError, StuckError
from refalloc.schedule.heap import AT_REST

PATIENCE = 5.0  # seconds from one step to the next; a step takes microseconds

_plain_start = threading.Thread.start
_guard_lock = threading.Lock()
_guard_count = 0  # how many explorations are on; guarded by _guard_lock


@contextlib.contextmanager
def watching():
    """Guard the runs that this real thread makes inside the with block."""
    global _guard_count
    watch = _Watch(threading.get_ident())
    _plain_start(watch)
    with _guard_lock:
        _guard_count += 1
        setattr(threading.Thread, "start", _guarded_start)  # noqa: B010 - a type checker refuses the plain form
    try:
        yield
    finally:
        with _guard_lock:
            _guard_count -= 1
            if _guard_count == 0:
                setattr(threading.Thread, "start", _plain_start)  # noqa: B010 - as above
        watch.end()


def _guarded_start(thread):
    run = current_run()
    if run is not None and run.heap.thread not in (None, AT_REST):
        raise ProgramError(
            f"a simulated thread starts a real one ({thread.name}) at {run.place()}; real threads run when they like, "
            "so no schedule would replay; give each thread a program of its own instead"
        )
    _plain_start(thread)


class _Watch(threading.Thread):
    """Looks after the runs of the real thread `ident`."""

    def __init__(self, ident):
        super().__init__(name="refalloc-watch", daemon=True)
        self._watched = ident
        self._is_over = threading.Event()

    def end(self):
        self._is_over.set()
        self.join()

    def run(self):
        seen, times = None, 0
        while not self._is_over.wait(PATIENCE):
            before, seen = seen, self._progress()
            times = times + 1 if seen is not None and seen == before else 0
            if times == 1:
                self._interrupt(StuckError)
            elif times > 1 and self._watched == threading.main_thread().ident and hasattr(signal, "pthread_kill"):
                # Still there: it waits in C, where only a signal is heard.
                self._interrupt(None)
                run = current_run(self._watched)
                if run is None:
                    continue
                run.is_interrupted = True
                signal.pthread_kill(self._watched, signal.SIGINT)

    def _progress(self):
        """What changes with each step of a simulated thread; None when none is moving."""
        run = current_run(self._watched)
        if run is None or run.heap.thread in (None, AT_REST):
            return None
        return id(run), *run.progress()

    def _interrupt(self, error):
        """Have `error` raised in the watched thread, or take back one that has not been raised yet (None)."""
        what = None if error is None else ctypes.py_object(error)
        _raise_in(self._watched, what)
        if error is None:
            _lower_flag()


class _Lowered(Exception):
    """Raised by a thread in itself."""


def _raise_in(ident, what):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), what)


def _lower_flag():
    """Have the interpreter no longer wait for an exception that was taken back.

    CPython up to 3.12 keeps one flag for all threads, which only an exception that is raised lowers. While it is up,
    each loop and call is slower, and under a profiler the first call never ends.
    """
    try:
        _raise_in(threading.get_ident(), ctypes.py_object(_Lowered))
        while True:
            pass
    except _Lowered:
        pass
