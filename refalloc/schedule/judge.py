"""What must hold when all threads have ended, and what is wrong when none can go on."""

from refalloc.arena import MemoryFault
from refalloc.check import InvariantError
from refalloc.schedule.heap import AT_REST
from refalloc.schedule.scenario import place_name


def judge(run):
    """Hold a run whose threads have ended against its scenario, and convict it if need be. Threads are at rest.

    Raises:  what check raises, unless it is an AssertionError or a MemoryFault.
    """
    scenario = run.scenario
    if scenario.invariants is not None:
        heap = _everything(run)
        if heap not in scenario.sound:
            try:
                scenario.invariants(run.heap, run.live_blocks())
            except (InvariantError, MemoryFault) as error:
                run.convict("broken invariant", str(error))
                return
            scenario.sound.add(heap)
    if scenario.check is not None:
        try:
            answer = scenario.check(run)
        except (AssertionError, MemoryFault) as error:
            answer = str(error) or "an assertion in check failed"
        if answer is False or isinstance(answer, str):
            run.convict("wrong answer", answer or "check returned False")


def _everything(run):
    """All that invariants can depend on, as something that can be compared: few runs end in a heap that is new."""
    heap = run.heap
    plain_lanes = [getattr(lane, "recorded_lane", lane) for lane in heap.lanes]
    lanes = [(lane.holder, tuple(lane.frees.values), tuple(lane.next_addrs.values)) for lane in plain_lanes]
    return tuple(lanes), frozenset(heap.words.items()), tuple(heap.mappings()), frozenset(run.live_blocks())


def told_stuck(run):
    """No thread can go on. Returns (kind, message)."""
    is_held = any(run.holds(thread) for thread in run.alive)
    return "deadlock" if is_held else "livelock", "; ".join(_told_wait(run, thread) for thread in run.alive)


def _told_wait(run, thread):
    what, thing = run.pending[thread]
    held = " and ".join(place_name(lock.key) for lock in run.holds(thread))
    has = f"holds {held} and " if held else ""
    if what in ("read", "swap"):
        return f"T{thread} {has}looks at {place_name(thing)} again and again"
    wanted = {thing} | run.waiting.tried_for(thread)
    return f"T{thread} {has}waits for " + " and ".join(sorted(_told_lock(run, lock, thread) for lock in wanted))


def _told_lock(run, lock, waiter):
    holder = run.holder_of(lock)
    if holder == AT_REST:
        return f"{place_name(lock.key)} (held by prepare)"
    who = "itself" if holder == waiter else f"T{holder}"
    ended = "" if holder in run.alive else ", which has ended"
    return f"{place_name(lock.key)} (held by {who}{ended})"
