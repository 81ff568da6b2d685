"""Checks of exercise 03.2: one thread alone, then simulated ones in every order."""

import pytest

from refalloc.course.expect import WrongAnswerError
from refalloc.course.threads import require_safe

TOO_LONG = 1 << 40  # bytes; no heap of a check has as much
UNLOCKED = "Once the lock is given back, lane.next_addrs[0] is others' to change: return what you read before."


def ask(student, heap, region_len, told):
    """One call by one thread, after which the lock must be free."""
    addr = student.the_region(heap, region_len)
    if type(addr) is not int:
        reason = " Is there a `return` on every path?" if addr is None else ""
        raise WrongAnswerError(f"{told} gave {addr!r}; expected an address, an int.{reason}")
    lane = heap.lanes[0]
    if not heap.try_lock(lane):
        raise WrongAnswerError(f"{told} returned, and its lock is still taken: nobody else will ever get it.")
    heap.unlock(lane)
    return addr


def region_len(edition):
    return edition("region_len", 8192)


def asking(student, length, times):
    """A program that asks some times, and reads the first word each time. It returns what it was given."""

    def program(thread):
        given = []
        for _ in range(times):
            given.append(student.the_region(thread.heap, length))
            wrong = what_is_wrong(thread.heap, given[-1], length)
            if wrong:
                raise WrongAnswerError(f"the_region gave {given[-1]}: {wrong}")
        return given

    return program


def what_is_wrong(heap, addr, length):
    if type(addr) is not int or addr == 0:
        return "expected the address of a region; there was memory for one. A lock that is taken will be given back."
    if addr not in dict(heap.mappings()):
        return "there is no region of this heap; is it kept in a variable of your own? lane.next_addrs[0] is its place"
    found = heap.load(addr)
    return "" if found == length else f"the first word of the region is {found} then; expected {length}"


def told(times, length):
    """Who calls what."""
    if {*times} == {1}:
        return f"{len(times)} threads, each with the_region(heap, {length})"
    return f"Threads with {' and '.join(map(str, times))} calls of the_region(heap, {length})"


def one_region(run):
    """All threads have the region that is noted, and it is the only one."""
    made = len(run.heap.mappings())
    if made != 1:
        return f"{made} regions were made; expected one for all threads"
    noted = run.heap.lanes[0].next_addrs[0]
    if any(addr != noted for given in run.results for addr in given):
        return f"a thread got another region than the one that is noted, {noted:#x}"
    return None


def no_region(run):
    if any(addr != 0 for addr in run.results):
        return "a thread got an address, though the system had no memory; expected 0"
    return None if run.heap.try_lock(run.heap.lanes[0]) else "all have ended, and the lock is still taken"


@pytest.mark.points(1)
def test_one_thread_gets_the_same_region_each_time(student, edition):
    length = region_len(edition)
    heap = student.new_heap()
    first = ask(student, heap, length, "the first call")
    if first == 0 or dict(heap.mappings()).get(first) != length:
        made = f"{len(heap.mappings())} mappings were made"
        raise WrongAnswerError(
            f"the first call gave {'0' if first == 0 else 'something else'}, and {made}; expected "
            f"the address of a new mapping of {length} bytes."
        )
    if heap.lanes[0].next_addrs[0] != first:
        raise WrongAnswerError(
            "the first call gave the region's address, but lane.next_addrs[0] is another; the next thread looks there."
        )
    if heap.load(first) != length:
        raise WrongAnswerError(
            f"after the first call the region's first word is {heap.load(first)}; expected {length}, its length."
        )
    heap.store(first, 12345)
    again = ask(student, heap, length, "the second call")
    if again != first or len(heap.mappings()) != 1:
        raise WrongAnswerError(
            f"the second call gave {'the same' if again == first else 'another'} address, and there are "
            f"{len(heap.mappings())} regions; expected the region that the first call made, and no other."
        )
    if heap.load(first) != 12345:
        raise WrongAnswerError("the second call wrote to the region's first word; only who makes it does that.")


@pytest.mark.points(1)
def test_threads_get_one_region_in_every_order_of_their_steps(student, edition):
    length = region_len(edition)
    for times in ([1, 1], [2, 1], [1, 1, 1]):
        programs = [asking(student, length, count) for count in times]
        # First with every access a step of its own, to see what comes of it; then for accesses that no lock orders.
        for atomic in (True, False):
            require_safe(told(times, length), programs, one_region, lane_count=1, atomic=atomic)


@pytest.mark.points(1)
def test_without_memory_all_get_0_and_may_ask_again(student, edition):
    heap, length = student.new_heap(), region_len(edition)
    if ask(student, heap, TOO_LONG, "the first call, for more than the system has,") != 0:
        raise WrongAnswerError("the system had no memory, map gave 0, and the_region gave something else; expected 0.")
    if ask(student, heap, length, "the second call, for less,") == 0:
        raise WrongAnswerError("the first call got no memory; the second gave 0 too, though there is some now.")
    programs = [lambda thread: student.the_region(thread.heap, length)] * 2
    require_safe(told([1, 1], length), programs, no_region, lane_count=1, map_limit=0)
    # Who gets no memory unlocks while there is no region, and another thread may be about to note one.
    programs[0] = lambda thread: student.the_region(thread.heap, TOO_LONG)
    story = f"2 threads, one with the_region(heap, {length}), one with more than the system has"
    require_safe(story, programs, None, {UNLOCKED: "data race"}, lane_count=1)
