"""Who moves next: the policies by which schedules are followed, tried in full, and drawn at random.

The search in full goes through all schedules by the number of preemptions, fewest first: a switch costs one if the
thread that is switched away from could have moved on. Most bugs need one or two (Musuvathi and Qadeer, Iterative
context bounding for systematic testing of multithreaded programs, PLDI 2007).

Reduction. Two orders of steps that have nothing to do with each other lead to the same heap, the same threads and the
same races. So where a run has come to what another run has come to before, by another order and no fewer preemptions,
all that can follow has been or will be tried there, and the run ends. What was seen is remembered as the traces of all
threads (traces.py) and who moved last, if that thread could move on: switching away from it costs. This is the
happens-before caching of the CHESS paper; unlike sleep sets and persistent sets it stays complete under a bound on
preemptions (Coons, Musuvathi and McKinley, Bounded partial-order reduction, OOPSLA 2013).
"""

import random

from refalloc.schedule.errors import ReplayError


class Follow:
    """Follow a schedule, and beyond its end go on without preemption, or stop there.

    Args:    schedule: list of int; stops: bool, whether to stop at its end.
    """

    def __init__(self, schedule, stops=False):
        self.schedule = list(schedule)
        self.stops = stops

    def choose(self, run, current, runnable):
        step = len(run.schedule)
        if step >= len(self.schedule):
            return None if self.stops else go_on(current, runnable)
        chosen = self.schedule[step]
        if chosen not in runnable:
            raise ReplayError(
                f"step {step + 1} of the schedule is T{chosen}, which cannot move there; {movers(runnable)} can. "
                "Replay a schedule with the programs, text and options that it came from"
            )
        return chosen


class FollowRoughly:
    """Follow a schedule as far as it can be: moves of threads that cannot move are left out. For shrinking."""

    def __init__(self, schedule):
        self._rest = iter(schedule)

    def choose(self, run, current, runnable):
        if run.waiting.rounds:
            return go_on(current, runnable)
        return next((thread for thread in self._rest if thread in runnable), go_on(current, runnable))


def go_on(current, runnable):
    """Who moves when nobody is preempted."""
    return current if current in runnable else runnable[0]


def movers(runnable):
    """Threads, in words."""
    return " and ".join(f"T{thread}" for thread in runnable)


class FullSearch:
    """All schedules up to a bound on preemptions, one run at a time.

    Args:    preemptions: int, 0 or more; reduces: bool, whether to leave out equal orders.
    Attributes: level: int, the preemptions of the runs that are being tried.
    """

    def __init__(self, preemptions, reduces=True):
        self._bound = preemptions
        self._reduces = reduces
        self._seen = set()
        self._starts: list[list] = [[] for _ in range(preemptions + 1)]  # by preemptions: schedules to start with
        self._starts[0].append(())
        self._start = ()
        self.level = 0

    def next_run(self):
        """Make ready for another run. Returns bool; False when all have been tried."""
        while self.level <= self._bound:
            if self._starts[self.level]:
                self._start = self._starts[self.level].pop()
                return True
            self.level += 1
        return False

    def choose(self, run, current, runnable):
        schedule = run.schedule
        step = len(schedule)
        if step < len(self._start):
            return self._start[step]
        can_go_on = current in runnable
        if run.waiting.rounds:  # a fruitless round, which is there to be sat through
            return go_on(current, runnable)
        if self._reduces:
            # Who is alive, too: a thread that met nobody leaves no trace.
            seen = (current if can_go_on else None, *run.alive, *run.traces.threads)
            if seen in self._seen:
                return None
            self._seen.add(seen)
        chosen = current if can_go_on else runnable[0]
        if len(runnable) > 1:
            level = run.preemptions + can_go_on
            if level <= self._bound:
                self._starts[level].extend((*schedule, other) for other in runnable if other != chosen)
        return chosen


class RandomWalk:
    """Each time someone can be preempted, a coin decides; each run another walk.

    Args:    seed: int; the same seed gives the same walks.
    """

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._odds = 0.5

    def next_run(self):
        self._odds = self._random.random()
        return True

    def choose(self, run, current, runnable):
        if run.waiting.rounds or (current in runnable and self._random.random() > self._odds):
            return go_on(current, runnable)
        return self._random.choice(runnable)


class PriorityWalk:
    """Probabilistic concurrency testing: the runnable thread of highest priority moves.

    Priorities are random, and at `changes` random steps the thread that is moving falls below all others. A bug that
    needs d ordering constraints is found in one run with a probability of at least 1 / (n k**(d-1)), where n threads
    take k steps and changes is d - 1 (Burckhardt and others, A randomized scheduler with probabilistic guarantees of
    finding bugs, ASPLOS 2010).

    Args:    seed: int; thread_count: int; changes: int, 0 or more.
    """

    def __init__(self, seed, thread_count, changes):
        self._random = random.Random(seed)
        self._thread_count = thread_count
        self._changes = changes
        self._step_count = 20  # how long runs are: the longest yet

    def next_run(self):
        self._priorities = [self._changes + number for number in range(1, self._thread_count + 1)]
        self._random.shuffle(self._priorities)
        steps = range(1, self._step_count + 1)
        self._change_steps = {
            step: priority for priority, step in enumerate(self._random.choices(steps, k=self._changes))
        }
        return True

    def choose(self, run, current, runnable):
        if run.waiting.rounds:
            return go_on(current, runnable)
        step = len(run.schedule)
        self._step_count = max(self._step_count, step)
        if step in self._change_steps and current is not None:
            self._priorities[current] = self._change_steps[step] - self._changes
        return max(runnable, key=self._priorities.__getitem__)
