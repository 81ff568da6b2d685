"""Try every interleaving of some programs, up to a bound, and tell the smallest that goes wrong.

from refalloc.schedule import explore

def program(thread):
    a = thread.alloc(24)
    thread.free(a)

explore([program, program], text=my_allocator)
"""

import itertools
import operator
from dataclasses import dataclass

from refalloc.schedule.account import account, as_html
from refalloc.schedule.errors import ProgramError, ReplayError
from refalloc.schedule.run import Run
from refalloc.schedule.scenario import Scenario, Verdict
from refalloc.schedule.search import Follow, FollowRoughly, FullSearch, PriorityWalk, RandomWalk
from refalloc.schedule.turns import NOT_THE_SAME
from refalloc.schedule.watch import watching
from refalloc.trace.events import EventLog, Recording

SMALLEST_LIMIT = 2_000  # further runs, after a first that failed, to look for a smaller one
SHRINK_LIMIT = 300  # runs to make a schedule smaller that was found at random
RANDOM_LIMIT = 1_000  # random runs where no limit is given


class ScheduleFailure(AssertionError):
    """A schedule under which the programs fail; the message is its account."""


@dataclass(frozen=True)
class Replay:
    """One recorded run.

    Attributes: schedule: list of int, the thread of each step; with it the run can be replayed.
                verdict: Verdict, or None if nothing went wrong. recording: trace.Recording.
                step_numbers: list of int, the event at which each step began. preemptions: int.
                results: list, what each program returned, None for one that did not end.
    """

    scenario: Scenario
    schedule: list
    verdict: Verdict | None
    recording: Recording
    step_numbers: list
    preemptions: int
    results: list

    def __repr__(self):
        return account(self)

    def _repr_html_(self):
        return as_html(repr(self))


@dataclass(frozen=True)
class Exploration:
    """What explore found.

    Attributes: failure: Replay of the smallest schedule that fails, or None.
                run_count: int, schedules that were run, to their end or to where they had nothing new.
                is_exhaustive: bool, whether all schedules with at most `preemptions` preemptions were tried. False
                when one failed: the search ends there.
                preemptions: int, the bound. random_count: int, how many of the runs were random.
    """

    failure: Replay | None
    run_count: int
    is_exhaustive: bool
    preemptions: int
    random_count: int

    def assert_ok(self):
        """Raise ScheduleFailure with the account if there is a failure."""
        if self.failure is not None:
            raise ScheduleFailure(repr(self))

    def __repr__(self):
        if self.failure is not None:
            return f"{self.failure!r}\n\nfound in {self.run_count} runs"
        scope = "all schedules" if self.is_exhaustive else "the schedules that were tried,"
        runs = f"{self.run_count} runs"
        if self.random_count:
            runs += f", {self.random_count} of them random"
        return f"no failure in {scope} with at most {_preemptions(self.preemptions)} ({runs})"

    def _repr_html_(self):
        return as_html(repr(self))


def explore(programs, check=None, preemptions=2, *, limit=None, seed=None, reduces=True, **options):
    """Run `programs` under every schedule with at most `preemptions` preemptions, until one fails.

    The one reported is the smallest: of those with the fewest preemptions, one of those with the fewest steps.

    Args:    programs, check, options: as the attributes of Scenario: text, lane_count, prepare, invariants, atomic,
             map_limit.
             preemptions: int, 0 or more.
             limit: int, runs at most; None for no limit, and RANDOM_LIMIT for random ones.
             seed: int; when all schedules up to the bound are tried, or half of the limit is used up, go on with random
             ones beyond the bound: uniform walks and PCT in turn. None for none.
             reduces: bool; False runs schedules that differ only in the order of unrelated steps, too.
    Returns: Exploration; its repr is the report.
    Raises:  TypeError, ValueError; ProgramError for programs that cannot be simulated, or do not do the same in each
             run; what check raises, unless it is an AssertionError or a MemoryFault.
    """
    scenario = Scenario(programs, check, **options)
    preemptions = _at_least("preemptions", preemptions, 0)
    if limit is not None:
        limit = _at_least("limit", limit, 1)
    with watching():
        return _Explorer(scenario, preemptions, limit, seed, reduces).explore()


def replay(schedule, programs, check=None, **options):
    """Run `programs` under one schedule, recorded; beyond its end, on without preemption.

    Args:    schedule: list of int, the thread of each step. The rest as for explore.
    Returns: Replay.
    Raises:  ReplayError when the programs cannot follow it; ProgramError.
    """
    with watching():
        return _replay(Scenario(programs, check, **options), schedule)


def _replay(scenario, schedule):
    run = Run(scenario, Follow(schedule), EventLog())
    try:
        run.go()
        run.judge()
        return Replay(
            scenario,
            run.schedule if run.verdict is None else run.schedule[: run.verdict.step],
            run.verdict,
            run.log.recording(),
            run.step_numbers,
            run.preemptions,
            run.results,
        )
    finally:
        run.close()


class _Explorer:
    def __init__(self, scenario, preemptions, limit, seed, reduces):
        self.scenario = scenario
        self.preemptions = preemptions
        self.limit = limit
        self.seed = seed
        self.reduces = reduces
        self.run_count = 0
        self.random_count = 0

    def explore(self):
        search = FullSearch(self.preemptions, self.reduces)
        full_limit = self.limit if self.seed is None or self.limit is None else (self.limit + 1) // 2
        found = self.search_in_full(search, full_limit)
        is_exhaustive = not search.next_run()
        if found is None and self.seed is not None:
            found = self.search_at_random()
        failure = None if found is None else self.recorded(found)
        is_exhaustive = is_exhaustive and failure is None
        return Exploration(failure, self.run_count, is_exhaustive, self.preemptions, self.random_count)

    def recorded(self, schedule):
        """The Replay of a schedule that failed. Raises ProgramError when it does not fail again."""
        try:
            failure = _replay(self.scenario, schedule)
        except ReplayError as error:
            raise ProgramError(f"a schedule that failed cannot be followed {NOT_THE_SAME} ({error})") from None
        if failure.verdict is None:
            raise ProgramError(f"a schedule that failed does not fail {NOT_THE_SAME}")
        return failure

    def search_in_full(self, search, limit):
        """The smallest schedule that fails, or None."""
        smallest, found_at, level = None, 0, 0
        while (limit is None or self.run_count < limit) and search.next_run():
            if smallest is not None and (search.level > level or self.run_count - found_at > SMALLEST_LIMIT):
                break
            failed = self.try_policy(search)
            if failed is not None and (smallest is None or len(failed) < len(smallest)):
                if smallest is None:
                    found_at, level = self.run_count, search.level
                smallest = failed
        return smallest

    def search_at_random(self):
        """A schedule that fails, made as small as can be without searching in full, or None."""
        limit = RANDOM_LIMIT if self.limit is None else self.limit - self.run_count
        thread_count = len(self.scenario.programs)
        walks: list[RandomWalk | PriorityWalk] = [
            RandomWalk(self.seed),
            PriorityWalk(self.seed, thread_count, self.preemptions + 1),
        ]
        for walk in itertools.islice(itertools.cycle(walks), limit):
            walk.next_run()
            self.random_count += 1
            failed = self.try_policy(walk)
            if failed is not None:
                return self.shrink(failed)
        return None

    def shrink(self, schedule):
        """Leave out moves, block by block, for as long as what is left fails with fewer preemptions or steps."""
        best = (_switch_count(schedule), len(schedule))
        end = self.run_count + SHRINK_LIMIT
        start = 0
        while start < len(schedule) and self.run_count < end:
            stop = start + 1
            while stop < len(schedule) and schedule[stop] == schedule[start]:
                stop += 1
            failed = self.try_policy(FollowRoughly(schedule[:start] + schedule[stop:]))
            size = None if failed is None else (_switch_count(failed), len(failed))
            if size is not None and size < best:
                schedule, best, start = failed, size, 0
            else:
                start = stop
        return schedule

    def try_policy(self, policy):
        """One run. Returns its schedule if it fails, or None."""
        self.run_count += 1
        run = Run(self.scenario, policy)
        try:
            run.go()
            verdict = run.judge()
            return None if verdict is None else run.schedule[: verdict.step]
        finally:
            run.close()


def _preemptions(count):
    return f"{count} preemption{'' if count == 1 else 's'}"


def _switch_count(schedule):
    return sum(before != after for before, after in itertools.pairwise(schedule))


def _at_least(name, value, least):
    value = operator.index(value)
    if value < least:
        raise ValueError(f"{name} is {value}; expected {least} or more")
    return value
