"""Which threads get nowhere, and what for: so that a thread that spins is not run round and round.

A thread that tried a lock in vain, and tries it again though it has not been given back since, waits until it is. So
does one that read atomic places IDLE_LIMIT times in a row without a change of its own, until one is written. When all
threads wait, they are let go on for FRUITLESS_ROUNDS rounds, for some may give up and do something else.
"""

FRUITLESS_ROUNDS = 50  # more tries of all locks that each thread gets before none is said to get anywhere
IDLE_LIMIT = 20  # looks in a row, each a switch point
_ANY_WRITE = object()  # among what a thread waits for
_FRUITLESS = {"try_lock", "read", "swap"}  # what a thread that waits would do, if it were let


class Waiting:
    """Who waits, of `thread_count` threads.

    Attributes: threads: set of int, those who wait.
                rounds: int, fruitless ones that all threads have gone through since one of them last got on.
    """

    def __init__(self, thread_count):
        self.rounds = 0
        self._vain: list[set] = [
            set() for _ in range(thread_count)
        ]  # tried in vain since the thread got on, and not yet free
        self._idle = [0] * thread_count  # looks in a row
        self.threads: set[int] = set()

    def has_to_wait(self, thread, what):
        """Whether `thread`, which would do `what` next, is not to move."""
        return thread in self.threads and what in _FRUITLESS

    def tried_for(self, thread):
        """The locks that `thread` has tried in vain."""
        return self._vain[thread] - {_ANY_WRITE}

    def tried_in_vain(self, thread, lock):
        if lock in self._vain[thread]:
            self.threads.add(thread)
        self._vain[thread].add(lock)

    def looked(self, thread):
        self._idle[thread] += 1
        if self._idle[thread] > IDLE_LIMIT:
            self._vain[thread].add(_ANY_WRITE)
            self.threads.add(thread)

    def got_on(self, thread):
        """`thread` did something that is not in vain."""
        self.rounds = 0
        self._idle[thread] = 0
        if self._vain[thread]:
            self._stop(thread)

    def given_back(self, lock):
        """`lock` is free again: who waits for it goes on."""
        for thread, vain in enumerate(self._vain):
            if vain and lock in vain:
                if thread in self.threads:
                    self._stop(thread)
                else:
                    vain.discard(lock)

    def written(self):
        """An atomic place was written: who reads in a row goes on."""
        self.given_back(_ANY_WRITE)

    def try_on(self):
        """All wait: let them go on for another round. Returns bool; False when they have had enough of them."""
        if self.rounds >= FRUITLESS_ROUNDS or not self.threads:
            return False
        self.rounds += 1
        for thread in list(self.threads):
            self._stop(thread)
        return True

    def _stop(self, thread):
        self._vain[thread].clear()
        self._idle[thread] = 0
        self.threads.discard(thread)
