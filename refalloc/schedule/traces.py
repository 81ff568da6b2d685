"""What each thread has seen, as one number: the fingerprints by which the search knows that it has been here before.

A thread's trace stands for its own steps and, where it met others at a lock or an atomic place, for theirs. If the
traces of all threads are equal in two runs, the runs differ at most in the order of steps that have nothing to do with
each other (they have the same happens-before relation: Mazurkiewicz' traces). Looks at a place (a lock found taken, an
atomic read) commute with each other, and not with changes of it.
"""


class Traces:
    """Traces of `thread_count` threads. Attributes: threads: list of int, the trace of each."""

    __slots__ = ("_places", "threads")

    def __init__(self, thread_count):
        self.threads = list(range(1, thread_count + 1))
        self._places = {}  # key -> [trace of its last change, of the looks at it since]

    def change(self, thread, key):
        """Note a step of `thread` that changes the place `key`."""
        place = self._places.setdefault(key, [hash(key), 0])
        place[0] = self.threads[thread] = hash((self.threads[thread], *place))
        place[1] = 0

    def look(self, thread, key):
        """Note a step that only looks at it."""
        place = self._places.setdefault(key, [hash(key), 0])
        self.threads[thread] = hash((self.threads[thread], place[0]))
        place[1] ^= self.threads[thread]
