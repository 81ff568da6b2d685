"""Checks of exercise 03.2: one thread alone, then simulated ones in every order."""

import pytest

from refalloc.course.expect import WrongAnswerError

TOO_LONG = 1 << 40  # bytes; no heap of a check has as much


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


def uses(length):
    """What a thread does with the address: read the first word."""

    def use(heap, addr):
        if type(addr) is not int or addr == 0:
            return (
                "expected the address of a region; there was memory for one. A lock that is taken will be given back."
            )
        if addr not in dict(heap.mappings()):
            return (
                "there is no region of this heap; is it kept in a variable of your own? lane.next_addrs[0] is its place"
            )
        found = heap.load(addr)
        return None if found == length else f"the first word of the region is {found} then; expected {length}"

    return use


def one_region(heap, answers):
    """All threads have the region that is noted, and it is the only one."""
    made = len(heap.mappings())
    if made != 1:
        return f"{made} regions were made; expected one for all threads"
    noted = heap.lanes[0].next_addrs[0]
    if any(addr != noted for given in answers for addr in given):
        return f"a thread got another region than the one that is noted, {noted:#x}"
    return None


def no_region(heap, answers):
    if any(addr != 0 for given in answers for addr in given):
        return "a thread got an address, though the system had no memory; expected 0"
    lane = heap.lanes[0]
    return None if heap.try_lock(lane) else "all have ended, and the lock is still taken"


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
    call = ["the_region", length]
    for calls in ([[call], [call]], [[call, call], [call]], [[call], [call], [call]]):
        # First with every access a step of its own, to see what comes of it; then for accesses that no lock orders.
        for atomic in (True, False):
            student.explore(calls, uses(length), one_region, lane_count=1, atomic=atomic)


@pytest.mark.points(1)
def test_without_memory_all_get_0_and_may_ask_again(student, edition):
    heap, length = student.new_heap(), region_len(edition)
    if ask(student, heap, TOO_LONG, "the first call, for more than the system has,") != 0:
        raise WrongAnswerError("the system had no memory, map gave 0, and the_region gave something else; expected 0.")
    if ask(student, heap, length, "the second call, for less,") == 0:
        raise WrongAnswerError("the first call got no memory; the second gave 0 too, though there is some now.")
    student.explore([[["the_region", length]]] * 2, None, no_region, lane_count=1, map_limit=0)
