"""Data races, found by vector clocks in whatever order the threads ran.

Two accesses race when they are to one place, of two threads, one at least is a write, and nothing orders them. What
orders is the program order of a thread, and an unlock before the next lock of the same lock. Each thread carries a
vector clock: how far it has seen each thread go. Unlocking leaves the clock with the lock; locking takes it over. An
access is ordered after an older one if the thread has seen the other thread go that far.

A failed try_lock orders nothing. Not told from a race: an access that is ordered by something that is no lock here.

Source: Flanagan and Freund, FastTrack: efficient and precise dynamic race detection, PLDI 2009; without its adaptive
epochs for reads, which pay from more threads on than are explored here.
"""


class RaceDetector:
    """The clocks of threads 0 to thread_count - 1, of locks, and of the places that were accessed.

    A place is named by any hashable key.
    """

    __slots__ = ("_clocks", "_lock_clocks", "_never_read", "_places")

    def __init__(self, thread_count):
        self._clocks = [[0] * thread_count for _ in range(thread_count)]
        for thread, clock in enumerate(self._clocks):
            clock[thread] = 1
        self._lock_clocks = {}  # lock -> clock
        self._places = {}  # key -> [thread that wrote last, its clock then, clock of each thread when it read last]
        self._never_read = [0] * thread_count

    def read(self, key, thread):
        """Note a read of the place `key`. Returns the other thread if it races with a write, or None."""
        try:
            place = self._places[key]
        except KeyError:
            place = self._places[key] = [0, 0, self._never_read.copy()]
        clock = self._clocks[thread]
        if place[1] > clock[place[0]]:
            return place[0]
        place[2][thread] = clock[thread]
        return None

    def write(self, key, thread):
        """Note a write of the place `key`. Returns another thread if it races with its write or read, or None."""
        try:
            place = self._places[key]
        except KeyError:
            place = self._places[key] = [0, 0, self._never_read.copy()]
        clock = self._clocks[thread]
        if place[1] > clock[place[0]]:
            return place[0]
        for other, read_at in enumerate(place[2]):
            if read_at > clock[other]:
                return other
        place[0] = thread
        place[1] = clock[thread]
        return None

    def forget(self, start, end, thread):
        """Note that the words at addresses from `start` to before `end` are gone, which is a write of all of them.

        Returns: (key, other thread) of a race, or None.
        """
        for key in [key for key in self._places if isinstance(key, int) and start <= key < end]:
            other = self.write(key, thread)
            if other is not None:
                return key, other
            del self._places[key]
        return None

    def acquire(self, lock, thread):
        """Order all that comes in `thread` after what came before the last release of `lock`."""
        lock_clock = self._lock_clocks.get(lock)
        if lock_clock is not None:
            clock = self._clocks[thread]
            for other, seen in enumerate(lock_clock):
                if seen > clock[other]:
                    clock[other] = seen

    def release(self, lock, thread):
        """Leave with `lock` how far `thread` has come."""
        clock = self._clocks[thread]
        self._lock_clocks[lock] = clock.copy()
        clock[thread] += 1
