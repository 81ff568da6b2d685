"""One run: simulated threads take turns on a SteppedHeap, as a policy decides, and what goes wrong is convicted.

A step of the schedule is the move of one thread to its next switch point: just before try_lock, unlock, an access to an
Atomic, acquire and release of a Lock, before map where it may be refused, and where the thread ends. The first step of
a thread takes it from its beginning to the first of these.

Why not at every access to memory? If nothing races, what lies between two switch points is invisible to others, so
other switches lead to the same results. If something races, that itself is convicted, in any order (races.py). With
atomic=True races are no failure and every access is a switch point: each is one atomic, sequentially consistent step.

Convicted are: data races; a block that overlaps a live one, lies outside its mapping or is misaligned; a block whose
words another wrote; a call that returns with a lane locked; unlock of another's lane; deadlock and livelock; an
exception; a run that does not end; and, when all threads have ended, a heap that is not sound (check.py), and what the
scenario's check finds wrong.

Not detected: what needs a memory model weaker than sequential consistency (a lock that lacks acquire or release order,
a store that another thread sees late or out of order); races that hide in Python variables, which are no places here
(see Shared); use of a mapping that the system gave out again, since no address is given twice; what a thread does that
gives up only after many vain tries, while others could move; starvation.
"""

from refalloc.schedule.heap import AT_REST, not_locked
from refalloc.schedule.judge import judge, told_stuck
from refalloc.schedule.races import RaceDetector
from refalloc.schedule.scenario import Verdict, place_name
from refalloc.schedule.thread import SteppedThread
from refalloc.schedule.traces import Traces
from refalloc.schedule.turns import Convicted, Turns
from refalloc.trace.events import PROLOGUE, Kind
from refalloc.trace.recorder import log_step, record

ACCESS_LIMIT = 50_000  # accesses to memory and lanes in one run


class Run(Turns):
    """One run of a Scenario.

    Args:    policy: its choose(run, current, runnable) gives the thread that moves next, or None to stop.
             log: EventLog to record into; None for none, which is faster.

    Attributes: schedule: list of int, the thread of each step so far. current: int, the last of them, or None.
                step_numbers: list of int, how many events the log had when each step began.
                preemptions: int, switches away from a thread that could have moved on.
                alive: list of int, threads that have not ended. live: {addr: Block} (thread.py).
                pending: what each thread does when it moves next: (what, with what).
                results: list, what each program returned. verdict: Verdict or None.
                prepared: what prepare returned.
                traces: Traces. waiting: Waiting.
    """

    def __init__(self, scenario, policy, log=None):
        super().__init__(scenario, policy, log)
        thread_count = len(self.alive)
        self.live = {}
        self.prepared = None
        self.traces = Traces(thread_count)
        self._races = None if scenario.atomic else RaceDetector(thread_count)
        self._lanes_held: dict[int, list] = {thread: [] for thread in (AT_REST, *self.alive)}
        self._holders = {}  # Lock -> thread
        self._shared = {}  # Shared -> its values
        self._accesses = 0
        if log is not None:
            self.at_rest(lambda: record(self.heap, log, scenario.text, self.thread_number, with_calls=False))
        if scenario.prepare is not None:
            self.at_rest(self._prepare)

    def _prepare(self):
        try:
            self.prepared = self.scenario.prepare(SteppedThread(self, AT_REST))
        except Convicted:
            pass
        except Exception as error:
            self.convict("exception", f"in prepare: {type(error).__name__}: {error}")

    def run_program(self, thread):
        result = self.scenario.programs[thread](SteppedThread(self, thread))
        if self.log is not None:
            self.log.add(Kind.THREAD_END, thread)
        for lock in self.holds(thread)[:1]:
            self.convict("lock kept", f"T{thread} ended with {place_name(lock.key)} still locked")
        return result

    def progress(self):
        return *super().progress(), self._accesses

    # Steps that order threads

    def try_locks(self, lane):
        """The step of SteppedHeap.try_lock. Returns bool."""
        thread = self.point("try_lock", lane)
        if lane.holder is not None:
            self.traces.look(thread, lane.key)
            self.waiting.tried_in_vain(thread, lane)
            return False
        lane.holder = thread
        self._lanes_held[thread].append(lane)
        self._take(thread, lane.key)
        return True

    def unlocks(self, lane):
        """The step of SteppedHeap.unlock, but for the lane itself."""
        thread = self.point("unlock", lane)
        if lane.holder is None:
            raise RuntimeError(not_locked(lane))
        if lane.holder != thread:
            holder = "prepare" if lane.holder == AT_REST else f"T{lane.holder}"
            self.convict("foreign unlock", f"T{thread} unlocks lane {lane.index}, which {holder} holds")
            self.throw()
        self._lanes_held[thread].remove(lane)
        self._give(thread, lane.key)
        self.waiting.given_back(lane)

    def enters(self, lane):
        """The thread is inside its own lane, until it leaves."""
        self._lanes_held[self.heap.thread].append(lane)

    def leaves(self, lane):
        self._lanes_held[self.heap.thread].remove(lane)

    def acquires(self, lock, wait):
        """The step of Lock.acquire; at rest it takes nothing. Returns bool."""
        if self.heap.thread == AT_REST:
            return True
        thread = self.point("acquire" if wait else "try_lock", lock)
        if lock in self._holders:
            self.traces.look(thread, lock.key)
            self.waiting.tried_in_vain(thread, lock)
            return False
        self._holders[lock] = thread
        self._take(thread, lock.key)
        return True

    def releases(self, lock):
        """The step of Lock.release."""
        if self.heap.thread == AT_REST:
            return
        thread = self.point("release", lock)
        if lock not in self._holders:
            raise RuntimeError(f"release of {lock.name}, which nobody has; release once for each acquire that got it")
        del self._holders[lock]
        self._give(thread, lock.key)
        self.waiting.given_back(lock)

    def atomic_reads(self, key):
        """A read of an Atomic: what came before its last write comes before what this thread does next."""
        if self.heap.thread == AT_REST:
            return
        thread = self.point("read", key)
        self.traces.look(thread, key)
        self.waiting.looked(thread)
        if self._races is not None:
            self._races.acquire(key, thread)

    def atomic_writes(self, key):
        """A write of an Atomic."""
        if self.heap.thread != AT_REST:
            self._atomic_change(self.point("write", key), key)

    def atomic_swaps(self, key, matches):
        """A compare-and-swap of an Atomic; matches() says whether it will be done. Returns that."""
        if self.heap.thread == AT_REST:
            return matches()
        thread = self.point("swap", key)
        done = matches()
        if done:
            self._atomic_change(thread, key)
            return True
        self.traces.look(thread, key)
        self.waiting.looked(thread)
        if self._races is not None:
            self._races.acquire(key, thread)
        return False

    def maps(self):
        """The step of SteppedHeap.map: of interest to others only where pages can run out."""
        if self.heap.map_limit is not None:
            thread = self.point("map", None)
            self.traces.change(thread, "pages")
            self.waiting.got_on(thread)

    def has_to_wait(self, thread):
        what, thing = self.pending[thread]
        return thing in self._holders if what == "acquire" else self.waiting.has_to_wait(thread, what)

    def runnable(self):
        if not self.waiting.threads and not self._holders:
            return self.alive
        return [thread for thread in self.alive if not self.has_to_wait(thread)]

    def _take(self, thread, key):
        self.traces.change(thread, key)
        self.waiting.got_on(thread)
        if self._races is not None:
            self._races.acquire(key, thread)

    def _give(self, thread, key):
        self.traces.change(thread, key)
        self.waiting.got_on(thread)
        if self._races is not None:
            self._races.release(key, thread)

    def _atomic_change(self, thread, key):
        self._take(thread, key)
        if self._races is not None:
            self._races.release(key, thread)
        self.waiting.written()

    # Accesses to places: words, fields of lanes, shared variables

    def reads(self, key):
        """A read of the place `key` by the thread whose turn it is. See scenario.place_name for keys."""
        self._accesses += 1
        if self._accesses > ACCESS_LIMIT:
            self._convict_endless()
        races = self._races
        if races is None:
            self.atomic_reads(key)
            return
        thread = self.heap.thread
        other = races.read(key, thread)
        if other is not None:
            self._convict_race(key, other, f"T{thread} reads {place_name(key)}, which T{other} writes")

    def writes(self, key):
        """A write of the place `key`."""
        self._accesses += 1
        if self._accesses > ACCESS_LIMIT:
            self._convict_endless()
        races = self._races
        if races is None:
            self.atomic_writes(key)
            return
        thread = self.heap.thread
        other = races.write(key, thread)
        if other is not None:
            self._convict_race(key, other, f"T{thread} writes {place_name(key)}, which T{other} uses")

    def unmaps(self, start, end):
        """The words at addresses from `start` to before `end` go: a write of each."""
        if self._races is not None:
            thread = self.heap.thread
            race = self._races.forget(start, end, thread)
            if race is not None:
                key, other = race
                self._convict_race(key, other, f"T{thread} unmaps {place_name(key)}, which T{other} uses")

    def shared_values(self, shared):
        """The values that a Shared has in this run, {name: value}."""
        if shared not in self._shared:
            self._shared[shared] = shared.initial_values()
        return self._shared[shared]

    def _convict_endless(self):
        told = f"T{self.heap.thread} reads and writes on and on; {ACCESS_LIMIT} accesses so far"
        self.convict("endless run", told)
        self.throw()

    # Verdicts

    def judge(self):
        """When all threads have ended: hold heap and results against what must hold. Returns the verdict, or None."""
        if self.verdict is None and not self.alive:
            self.at_rest(lambda: judge(self))
        return self.verdict

    def live_blocks(self):
        """Watched live blocks, as a list of (addr, length, align_log2)."""
        return [(addr, block.length, block.align_log2) for addr, block in self.live.items()]

    def holder_of(self, lock):
        """The thread that has a lane or a Lock, or None."""
        return self._holders.get(lock, getattr(lock, "holder", None))

    def holds(self, thread):
        """The lanes and Locks that a thread has."""
        return self._lanes_held[thread] + [lock for lock, holder in self._holders.items() if holder == thread]

    def lanes_held(self, thread):
        return self._lanes_held[thread]

    def convict_stuck(self):
        kind, message = told_stuck(self)
        step = self.stuck_step
        number = self.step_numbers[step] if step < len(self.step_numbers) else len(self.log or ())
        self.verdict = Verdict(kind, message, None, step, number)

    def _convict_race(self, key, other, told):
        self.convict("data race", f"{told}; no lock orders the two", key, other)

    # Recording

    def thread_number(self):
        """Who the events of this moment belong to."""
        thread = self.heap.thread
        return PROLOGUE if thread is None or thread == AT_REST else thread

    def note(self, kind, frame, name, value):
        """Log a step on the shared variable or Lock `name`."""
        if self.log is not None:
            number = int(value) if isinstance(value, int) and 0 <= value < 1 << 64 else 0
            log_step(self.log, kind, self.thread_number(), frame, addr=self.log.name_index(name), value=number)

    def note_call(self, kind, frame, **fields):
        """Log, in a recorded run, that a call into the text begins or ends."""
        class_of = getattr(self.scenario.text, "size_class_index", None)
        if class_of is not None:
            fields["size_class"] = class_of(fields["length"], fields["align_log2"])
        log_step(self.log, kind, self.thread_number(), frame, **fields)
