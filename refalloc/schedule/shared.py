"""What programs share beside the heap: variables and blocking locks, new in each run.

    the = Shared(heap=0)

    def program(thread):
        if the.heap == 0:
            the.heap = thread.heap.map(65536, 16)

Every access is a step, told in the account and checked for races like a lane's field. A plain Python variable would be
neither: it would keep its value from one run to the next, and schedules would not replay.
"""

import sys

from refalloc.schedule.current import current_run
from refalloc.schedule.errors import OutsideRunError
from refalloc.schedule.heap import AT_REST
from refalloc.trace.events import Kind


def _run(what):
    run = current_run()
    if run is None:
        raise OutsideRunError(f"{what} outside a run; use it in programs, in prepare or in check")
    return run


def _key(shared, name):
    return "shared", name, id(shared)


class Shared:
    """Plain variables that all programs see; each run starts with the values given here.

    Args:    initial: name=value; values are numbers, None, or anything that programs do not change in place.
    """

    def __init__(self, **initial):
        vars(self)["_initial"] = initial

    def __getattr__(self, name):
        run = self._run("read", name)
        values = run.shared_values(self)
        self._step(run, "read", name)
        run.note(Kind.READ_SHARED, sys._getframe(1), name, values[name])
        return values[name]

    def __setattr__(self, name, value):
        run = self._run("write", name)
        values = run.shared_values(self)
        self._step(run, "write", name)
        run.note(Kind.WRITE_SHARED, sys._getframe(1), name, value)
        values[name] = value

    def initial_values(self):
        return dict(self._initial)

    def _run(self, what, name):
        if name not in self._initial:
            raise AttributeError(f"no shared variable {name!r}; {type(self).__name__} was given {list(self._initial)}")
        return _run(f"{what} of shared {name}")

    def _step(self, run, what, name):
        if run.heap.thread != AT_REST:
            (run.reads if what == "read" else run.writes)(_key(self, name))


class Atomic(Shared):
    """Variables of which each access is one step, which others see at once and in one order, and never a race.

    What a thread did before it wrote one is ordered before what another does after it reads that, as by a lock.
    """

    def compare_swap(self, name, expected, new):
        """Set `name` to `new` if it is `expected`, in one step. Returns bool."""
        run = self._run("compare_swap", name)
        values = run.shared_values(self)
        done = run.atomic_swaps(_key(self, name), lambda: values[name] == expected)
        if done:
            values[name] = new
        run.note(Kind.SWAP_SHARED, sys._getframe(1), name, done)
        return done

    def _step(self, run, what, name):
        (run.atomic_reads if what == "read" else run.atomic_writes)(_key(self, name))


class Lock:
    """A lock that waits, as threading.Lock does, in simulated threads. Also a context manager."""

    def __init__(self, name="lock"):
        self.name = name
        self.key = ("lock", name, id(self))

    def acquire(self, blocking=True, timeout=-1):
        """Wait until nobody has the lock, and take it; without `blocking`, or with a timeout, take it or do not.

        Returns: bool.
        """
        run = _run(f"acquire of {self.name}")
        got = run.acquires(self, wait=blocking and timeout < 0)
        run.note(Kind.ACQUIRE, sys._getframe(1), self.name, got)
        return got

    def release(self):
        """Give the lock back. Raises RuntimeError if nobody has it."""
        run = _run(f"release of {self.name}")
        run.releases(self)
        run.note(Kind.RELEASE, sys._getframe(1), self.name, 0)

    def locked(self):
        return _run(f"a look at {self.name}").holder_of(self) is not None

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()
