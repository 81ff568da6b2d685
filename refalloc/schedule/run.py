"""One run: simulated threads take turns on a SteppedHeap, as a policy decides, and what goes wrong is convicted.

Threads are greenlets: each keeps its place in the unchanged text, and only one moves. A step of the schedule is the
move of one thread to its next switch point: just before try_lock, unlock, an access to an Atomic, acquire and release
of a Lock, before map where it may be refused, and where the thread ends. The first step of a thread takes it from its
beginning to the first of these.

Why not at every access to memory? If nothing races, what lies between two switch points is invisible to others, so
other switches lead to the same results. If something races, that itself is convicted, in any order (races.py). With
atomic=True races are no failure and every access is a switch point: each is one atomic, sequentially consistent step.

A thread that tried a lane in vain, and tries it again though nothing has been unlocked since, does not move until
something is. If all threads have come to that, they get FRUITLESS_ROUNDS more, and are then convicted.

Convicted are: data races; a block that overlaps a live one, lies outside its mapping or is misaligned; a block whose
words another wrote; a call that returns with a lane locked; unlock of another's lane; deadlock and livelock; an
exception; a run that does not end; and, when all threads have ended, a heap that is not sound (check.py), and what the
scenario's check finds wrong.

Not detected: what needs a memory model weaker than sequential consistency (a lock that lacks acquire or release order,
a store that another thread sees late or out of order); races that hide in Python variables, which are no places here
(see Shared); a thread that gives up only after many vain tries, while others could move; starvation.
"""

from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from refalloc.check import InvariantError
from refalloc.schedule.current import enter_run
from refalloc.schedule.errors import OutsideRunError, ProgramError, ReplayError, StuckError
from refalloc.schedule.heap import AT_REST, SteppedHeap, not_locked
from refalloc.schedule.races import RaceDetector
from refalloc.schedule.scenario import Verdict, place_name
from refalloc.schedule.thread import SteppedThread
from refalloc.trace.events import PROLOGUE
from refalloc.trace.recorder import log_step, record

FRUITLESS_ROUNDS = 50  # more tries of all lanes that each thread gets before none is said to get anywhere
STEP_LIMIT = 5_000  # steps of one run; a few calls take some dozens
ACCESS_LIMIT = 200_000  # accesses to memory and lanes in one run
IDLE_LIMIT = 20  # reads in a row, each a switch point, after which a thread is taken to wait for a write
CLOSED_CALL_LIMIT = 100  # steps that a program may try after it was ended, before it is left where it is
_ANY_WRITE = None  # among what a thread waits for

_unkillable: list = []  # greenlets of programs that catch all exceptions in a loop; never to be collected


class Convicted(BaseException):
    """Thrown through the text and the program when the run is over for them. Not theirs to catch."""


class Run:
    """One run of a Scenario.

    Args:    policy: its choose(run, current, runnable) gives the thread that moves next, or None to stop.
             log: EventLog to record into; None for none, which is faster.

    Attributes: schedule: list of int, the thread of each step so far.
                step_numbers: list of int, how many events the log had when each step began.
                preemptions: int, switches away from a thread that could have moved on.
                results: list, what each program returned. verdict: Verdict or None.
                alive: list of int, threads that have not ended. live: {addr: Block} (thread.py).
                traces: for each thread a number that stands for all that it has seen: its own steps and, where it
                met others at a lock, theirs. Runs with equal traces differ at most in the order of steps that have
                nothing to do with each other.
    """

    def __init__(self, scenario, policy, log=None):
        thread_count = len(scenario.programs)
        self.scenario = scenario
        self.policy = policy
        self.log = log
        self.heap = SteppedHeap(scenario.lane_count, scenario.map_limit)
        self.heap.run = self
        self.schedule = []
        self.step_numbers = []
        self.preemptions = 0
        self.results = [None] * thread_count
        self.verdict: Any = None
        self.alive = list(range(thread_count))
        self.live = {}
        self.traces = list(range(1, thread_count + 1))
        self.pending = [("start", None)] * thread_count  # what each thread does when it moves next: (what, with what)
        self.current: Any = None  # the thread that moved last
        self.prepared = None
        self.is_closed = False
        self.is_interrupted = False  # by a signal that the watch sent
        self.rounds = 0  # fruitless ones, of all threads
        self.stuck_step = 0  # when they began
        self._races = None if scenario.atomic else RaceDetector(thread_count)
        self._place_traces = {}  # lock or place -> [trace of its last change, of the looks at it since]
        self._held: dict[int, list] = {thread: [] for thread in (AT_REST, *self.alive)}  # lanes
        self._vain: list[set] = [
            set() for _ in self.alive
        ]  # lanes tried in vain since the thread last got on, and not unlocked
        self._waiting = set()  # threads that may have to wait: see _has_to_wait
        self._idle = [0] * thread_count  # reads in a row
        self._accesses = 0
        self._closed_calls = 0
        self._holders = {}  # Lock -> thread
        self._shared = {}  # Shared -> its values
        self._error = None
        self._is_stopped = False
        self._main: Any = None
        self._threads = [SteppedThread(self, thread) for thread in self.alive]
        self._greenlets = [greenlet(self._body) for _ in self.alive]
        if log is not None:
            self.at_rest(lambda: record(self.heap, log, scenario.text, self.thread_number, with_calls=False))
        if scenario.prepare is not None:
            self.prepared = self.at_rest(lambda: scenario.prepare(SteppedThread(self, AT_REST)))

    def place(self):
        """Thread and step, in words."""
        return "the start" if self.current is None else f"step {len(self.schedule)}, by T{self.current}"

    def thread_number(self):
        thread = self.heap.thread
        return PROLOGUE if thread is None or thread == AT_REST else thread

    # Taking turns

    def go(self):
        """Move threads until all have ended, the run is convicted, or the policy stops; it may go on later.

        Raises:  ProgramError, ReplayError; whatever the policy raises.
        """
        before = enter_run(self)
        self._main = getcurrent()
        self._is_stopped = False
        try:
            while not self._is_stopped:
                chosen = self._choose()
                if chosen is None:
                    break
                self._switch(chosen)
        finally:
            self.heap.thread = None
            enter_run(before)
        if self._error is not None:
            raise self._error

    def at_rest(self, function):
        """Call `function` while no thread moves; steps on the heap take effect at once and are nobody's."""
        before, thread = enter_run(self), self.heap.thread
        self.heap.thread = AT_REST
        try:
            return function()
        finally:
            self.heap.thread = thread
            enter_run(before)

    def close(self):
        """End the threads that have not ended. No more steps."""
        self.is_closed = True
        for thread in self._greenlets:
            if thread and not thread.dead:
                thread.throw(GreenletExit)
                if not thread.dead:
                    _unkillable.append(thread)

    def runnable(self):
        """Threads that can move, in order."""
        if not self._waiting:
            return self.alive
        return [thread for thread in self.alive if not self._has_to_wait(thread)]

    def _choose(self):
        """The thread that moves next, entered into the schedule; None to stop."""
        if self.verdict is not None or self._error is not None or not self.alive:
            return None
        runnable = self.runnable() or self._try_on()
        if not runnable:
            return None
        if len(self.schedule) >= STEP_LIMIT:
            self.convict("endless run", f"the programs have not ended after {STEP_LIMIT} steps")
            return None
        try:
            chosen = self.policy.choose(self, self.current, runnable)
        except ReplayError as error:
            self._error = error
            return None
        if chosen is None:
            return None
        self.schedule.append(chosen)
        if self.log is not None:
            self.step_numbers.append(len(self.log))
        if chosen != self.current:
            if self.current in runnable:
                self.preemptions += 1
            self.current = chosen
        return chosen

    def _switch(self, thread):
        """Let `thread` go on; returns when someone lets the caller go on."""
        self.heap.thread = thread
        if self.pending[thread][0] == "start":
            self.pending[thread] = ("run", None)
            self._greenlets[thread].switch(thread)
        else:
            self._greenlets[thread].switch()

    def _point(self, what, thing):
        """A switch point: others may move before this thread does `what`. Returns the thread's number."""
        thread = self.heap.thread
        if getcurrent() is not self._greenlets[thread]:
            self._error = ProgramError(
                f"{what} on the simulated heap by a real thread, or a greenlet other than T{thread}'s, at "
                f"{self.place()}; give each thread a program of its own instead"
            )
            raise self._error
        self.pending[thread] = (what, thing)
        chosen = self._choose()
        if chosen is None:
            self._is_stopped = True
            self._main.switch()
        elif chosen != thread:
            self._switch(chosen)
        return thread

    def _body(self, thread):
        """The life of one simulated thread."""
        try:
            self.results[thread] = self.scenario.programs[thread](self._threads[thread])
            held = self._held[thread]
            if held:
                self.convict("lock kept", f"T{thread} ended with lane {held[0].index} still locked")
        except (Convicted, GreenletExit):
            pass
        except (StuckError, KeyboardInterrupt) as error:
            self._error = self._stuck_error(thread, error)
        except (ProgramError, OutsideRunError) as error:
            self._error = error
        except BaseException as error:
            if not self.is_closed:
                self.convict("exception", f"{type(error).__name__}: {error}")
        if self.is_closed:
            return
        self.pending[thread] = ("end", None)
        self.alive = [other for other in self.alive if other != thread]
        self._got_on(thread)

    def _stuck_error(self, thread, error):
        """What to raise for an interruption: by the watch, which sends a signal too, or by a person."""
        if isinstance(error, KeyboardInterrupt) and not self.is_interrupted:
            return error
        where = error.__traceback__
        while where.tb_next is not None and where.tb_next.tb_frame.f_code.co_filename != __file__:
            where = where.tb_next
        return ProgramError(
            f"T{thread} does not come to its next step, after step {len(self.schedule)}: line {where.tb_lineno} of "
            f"{where.tb_frame.f_code.co_filename} is a loop that uses neither heap nor Shared, or waits for something "
            "real; let it end, wait by Lock of refalloc.schedule, or take a step on the heap each time round"
        )

    def progress(self):
        """What changes with each step. For the watch, from another real thread."""
        return len(self.schedule), self._accesses, self._closed_calls

    # Waiting

    def _has_to_wait(self, thread):
        what, thing = self.pending[thread]
        if what == "acquire":
            return thing in self._holders
        return thread in self._waiting and what in ("try_lock", "read")

    def _try_on(self):
        """No thread can move: let those that try in vain try on, for some rounds. Returns them; [] when it is over."""
        trying = [thread for thread in self.alive if self.pending[thread][0] != "acquire"]
        if not trying or self.rounds >= FRUITLESS_ROUNDS:
            self._convict_stuck()
            return []
        if self.rounds == 0:
            self.stuck_step = len(self.schedule)
        self.rounds += 1
        for thread in trying:
            self._stop_waiting(thread)
        return self.runnable()

    def _stop_waiting(self, thread):
        self._vain[thread].clear()
        self._idle[thread] = 0
        self._waiting.discard(thread)

    def _got_on(self, thread):
        self._stop_waiting(thread)
        self.rounds = 0

    def _tried_in_vain(self, thread, lock):
        if lock in self._vain[thread]:
            self._waiting.add(thread)
        self._vain[thread].add(lock)

    def _wake(self, what):
        """Let those who wait for `what` go on: a lock that was given back, or _ANY_WRITE."""
        for thread in self.alive:
            if what in self._vain[thread]:
                if thread in self._waiting:
                    self._stop_waiting(thread)
                else:
                    self._vain[thread].discard(what)

    # Steps that order threads

    def try_locks(self, lane):
        """The step of SteppedHeap.try_lock."""
        thread = self._point("try_lock", lane)
        if lane.holder is not None:
            self._look(thread, lane.key)
            self._tried_in_vain(thread, lane)
            return False
        lane.holder = thread
        self._held[thread].append(lane)
        self._take(thread, lane.key)
        return True

    def unlocks(self, lane):
        """The step of SteppedHeap.unlock, but for the lane itself."""
        thread = self._point("unlock", lane)
        if lane.holder is None:
            raise RuntimeError(not_locked(lane))
        if lane.holder != thread:
            self.convict("foreign unlock", f"T{thread} unlocks lane {lane.index}, which T{lane.holder} holds")
            self.throw()
        self._held[thread].remove(lane)
        self._give(thread, lane.key)
        self._wake(lane)

    def acquires(self, lock, wait):
        """The step of Lock.acquire. Returns bool."""
        if self.heap.thread == AT_REST:
            return True
        if wait:
            self._waiting.add(self.heap.thread)
        thread = self._point("acquire" if wait else "try_lock", lock)
        if lock in self._holders:
            self._look(thread, lock.key)
            self._tried_in_vain(thread, lock)
            return False
        self._holders[lock] = thread
        self._take(thread, lock.key)
        return True

    def releases(self, lock):
        """The step of Lock.release."""
        if self.heap.thread == AT_REST:
            return
        thread = self._point("release", lock)
        if lock not in self._holders:
            raise RuntimeError(f"release of {lock.name}, which nobody has; release once for each acquire that got it")
        del self._holders[lock]
        self._give(thread, lock.key)
        self._wake(lock)

    def is_held(self, lock):
        return lock in self._holders

    def held_by(self, thread):
        """The lanes that a thread has locked."""
        return self._held[thread]

    def atomic_step(self, what, key):
        """A step on an Atomic: what came before the last one, in any thread, comes before what comes after this."""
        if self.heap.thread == AT_REST:
            return
        thread = self._point(what, key)
        if what == "read":
            self._look(thread, key)
            self._is_idle(thread)
            if self._races is not None:
                self._races.acquire(key, thread)
        else:
            self._take(thread, key)
            if self._races is not None:
                self._races.release(key, thread)
            self._wake(_ANY_WRITE)

    def maps(self):
        """The step of SteppedHeap.map: of interest to others only where pages can run out."""
        if self.heap.map_limit is not None:
            thread = self._point("map", None)
            self._change(thread, "pages")
            self._got_on(thread)

    def _take(self, thread, key):
        self._change(thread, key)
        self._got_on(thread)
        if self._races is not None:
            self._races.acquire(key, thread)

    def _give(self, thread, key):
        self._change(thread, key)
        self._got_on(thread)
        if self._races is not None:
            self._races.release(key, thread)

    def _change(self, thread, key):
        place = self._place_traces.setdefault(key, [hash(key), 0])
        place[0] = self.traces[thread] = hash((self.traces[thread], *place))
        place[1] = 0

    def _look(self, thread, key):
        place = self._place_traces.setdefault(key, [hash(key), 0])
        self.traces[thread] = hash((self.traces[thread], place[0]))
        place[1] ^= self.traces[thread]  # looks commute with each other, so their order does not count

    # Accesses to places: words, fields of lanes, shared variables

    def reads(self, key):
        """A read of the place `key` by the thread whose turn it is. See scenario.place_name for keys."""
        self._count_access()
        thread = self.heap.thread
        if self._races is None:
            self._point("read", key)
            self._look(thread, key)
            self._is_idle(thread)
            return
        other = self._races.read(key, thread)
        if other is not None:
            self._convict_race(key, other, f"T{thread} reads {place_name(key)}, which T{other} writes")

    def writes(self, key):
        """A write of the place `key`."""
        self._count_access()
        thread = self.heap.thread
        if self._races is None:
            self._point("write", key)
            self._change(thread, key)
            self._got_on(thread)
            self._wake(_ANY_WRITE)
            return
        other = self._races.write(key, thread)
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
        """The values that a Shared has in this run."""
        if shared not in self._shared:
            self._shared[shared] = shared.initial_values()
        return self._shared[shared]

    def _is_idle(self, thread):
        self._idle[thread] += 1
        if self._idle[thread] > IDLE_LIMIT:
            self._vain[thread].add(_ANY_WRITE)
            self._waiting.add(thread)

    def _count_access(self):
        self._accesses += 1
        if self._accesses > ACCESS_LIMIT:
            self.convict(
                "endless run", f"T{self.heap.thread} goes on reading and writing; {ACCESS_LIMIT} accesses so far"
            )
            self.throw()

    # Verdicts

    def convict(self, kind, message, key=None, other=None):
        """Note what went wrong, if nothing has before; the run stops at the next switch point."""
        if self.verdict is None and not self.is_closed:
            thread = None if self.heap.thread == AT_REST else self.heap.thread
            number = 0 if self.log is None else len(self.log)
            self.verdict = Verdict(kind, message, thread, len(self.schedule), number, key, other)

    def throw(self):
        """Leave the text and the program from within."""
        raise Convicted

    def leave(self):
        """Leave them from within once more, when the run is closed and they went on (in a finally, or an except)."""
        self._closed_calls += 1
        if self._closed_calls > CLOSED_CALL_LIMIT and getcurrent() in self._greenlets:
            getcurrent().parent.switch()
        raise GreenletExit

    def judge(self):
        """When all threads have ended: hold the heap and the results against what must hold. Returns the verdict."""
        if self.verdict is None and not self.alive:
            self.at_rest(self._judge)
        return self.verdict

    def _judge(self):
        scenario = self.scenario
        if scenario.invariants is not None:
            heap = self._heap_at_rest()
            if heap not in scenario.sound:
                try:
                    scenario.invariants(self.heap, self.live_blocks())
                except InvariantError as error:
                    self.convict("broken invariant", str(error))
                    return
                scenario.sound.add(heap)
        if scenario.check is not None:
            try:
                answer = scenario.check(self)
            except AssertionError as error:
                answer = str(error) or "an assertion in check failed"
            if answer is False or isinstance(answer, str):
                self.convict("wrong answer", answer or "check returned False")

    def live_blocks(self):
        """Watched live blocks, as a list of (addr, length, align_log2)."""
        return [(addr, block.length, block.align_log2) for addr, block in self.live.items()]

    def _heap_at_rest(self):
        """All that invariants can depend on, as something that can be compared."""
        heap = self.heap
        lanes = [(lane.holder, *lane.frees.values, *lane.next_addrs.values) for lane in plain_lanes(heap)]
        return (
            tuple(lanes),
            frozenset(heap.words.items()),
            tuple(heap.mappings()),
            frozenset(self.live_blocks()),
        )

    def _convict_race(self, key, other, told):
        self.convict("data race", f"{told}; no lock orders the two", key, other)

    def _convict_stuck(self):
        waits = [self._wait_in_words(thread) for thread in self.alive]
        holding = [thread for thread in self.alive if self._held[thread] or thread in self._holders.values()]
        kind = "deadlock" if holding else "livelock"
        step = self.stuck_step if self.rounds else len(self.schedule)
        self.convict(kind, "; ".join(waits))
        number = self.step_numbers[step] if step < len(self.step_numbers) else self.verdict.number
        self.verdict = Verdict(kind, self.verdict.message, None, step, number)

    def _wait_in_words(self, thread):
        what, thing = self.pending[thread]
        held = [f"lane {lane.index}" for lane in self._held[thread]]
        held += [lock.name for lock, holder in self._holders.items() if holder == thread]
        has = f"holds {' and '.join(held)} and " if held else ""
        if what == "read":
            return f"T{thread} {has}reads {place_name(thing)} again and again"
        wanted = {thing} | {lock for lock in self._vain[thread] if lock is not _ANY_WRITE}
        return f"T{thread} {has}waits for " + " and ".join(sorted(self._holder_in_words(lock) for lock in wanted))

    def _holder_in_words(self, lock):
        holder = getattr(lock, "holder", None)
        if holder is None:
            holder = self._holders.get(lock)
        ended = "" if holder in self.alive else ", which has ended"
        return f"{place_name(lock.key)}, held by T{holder}{ended}"

    # Recording

    def note(self, kind, frame, name, value):
        """Log a step on the shared variable or Lock `name`."""
        if self.log is not None:
            number = int(value) if isinstance(value, int) and 0 <= value < 1 << 64 else 0
            log_step(self.log, kind, self.thread_number(), frame, addr=self.log.name_index(name), value=number)

    def note_call(self, kind, frame, **fields):
        """Log that a call into the text begins or ends."""
        if self.log is not None:
            class_of = getattr(self.scenario.text, "size_class_index", None)
            if class_of is not None:
                fields["size_class"] = class_of(fields["length"], fields["align_log2"])
            log_step(self.log, kind, self.thread_number(), frame, **fields)


def plain_lanes(heap):
    """The lanes of a heap, recorded or not."""
    return [getattr(lane, "recorded_lane", lane) for lane in heap.lanes]
