"""Checks of exercise 12.1: from one block, over threads in every order, to the heap calls of real programs."""

from types import SimpleNamespace

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError
from refalloc.course.threads import require_safe
from refalloc.schedule import Atomic, cost
from refalloc.trace.packed import packed_traces

ALIGN = 4  # log2 of 16 bytes
SPACE_LIMIT, STEP_LIMIT = 1.5, 4  # times the reference's
TRAPS = {
    "Take one lane at a time: holding it and waiting for another, two threads can each have what the other wants.": (
        "deadlock"
    ),
    "Is there a way out of your function that does not unlock the lane?": "still locked",
    "A free that finds a lane taken waits, or goes to another one.": "came back",
    "Fields of a lane, and slots in its lists, are touched behind its lock.": "no lock orders",
}


class Rules:
    """This edition's numbers."""

    def __init__(self, edition):
        self.slab_len = edition("slab_len", 32 * 1024)
        self.small_len = edition("small_len", 2048)
        self.spare = edition("spare", 2)  # a slot has 1/spare of the block's length more, at most

    def slot_limit(self, length):
        need = -(-length // 16) * 16
        return need + need // self.spare


def text_of(student):
    return SimpleNamespace(alloc=student.alloc, free=student.free, resize=student.resize, remap=student.remap)


def rows_of(*calls):
    """Events from calls: ("alloc", block, length, align_log2) or ("free", block)."""
    return [(call[0] == "free", 0, call[1], *(call[2:] or (0, 0))) for call in calls]


def drawn(pieces):
    """What lies where, (name, start, end) each, from the start of a mapping."""
    return bars(pieces, lambda at: f"start + {at}")


def play(text, heap, story, rows):
    """As cost.play; blocks that lie where they should not are drawn."""
    try:
        return cost.play(text, heap, story, rows)
    except cost.WrongBlockError as error:
        raise WrongAnswerError(str(error), drawn(error.pieces)) from None


def require_unlocked(student):
    """Before what would wait for ever: a few calls in one thread leave no lane locked."""

    def program(thread):
        first, second = thread.alloc(64, ALIGN), thread.alloc(64, ALIGN)
        thread.free(first)
        thread.free(second)
        thread.alloc(64, ALIGN)

    story = "One thread allocates 2 blocks of 64 bytes, frees them, and allocates one, 2 lanes"
    require_safe(story, [program], None, TRAPS, text=text_of(student), lane_count=2)


def lengths_to(last):
    """Lengths round every place where slots may end, up to `last`."""
    ends = [ends << doubling for doubling in range(12) for ends in (16, 20, 24, 28)]
    return sorted({length for end in ends for length in (end, end + 1) if length <= last} | {1, 8, last})


@pytest.mark.points(1)
def test_one_thread_alone(student, edition):
    rules = Rules(edition)
    text = text_of(student)
    for align_log2 in (0, ALIGN, 3, 5, 6, 12):
        for length in lengths_to(2 * rules.slab_len if align_log2 in (0, ALIGN) else 300):
            calls = [("alloc", block, length, align_log2) for block in range(3)]
            story = f"3 blocks of {length} bytes"
            play(text, student.new_heap(2), story, rows_of(*calls, ("free", 1), ("free", 0)))
    for length in (40, 65, 600, rules.small_len):
        count = 3 * rules.slab_len // (2 * length)
        calls = [("alloc", block, length, ALIGN) for block in range(count)]
        again = [("alloc", count + block, length, ALIGN) for block in range(count)]
        rows = rows_of(*calls, *(("free", block) for block in range(count)), *again)
        heap = student.new_heap(2)
        once = play(text, student.new_heap(2), f"{count} blocks of {length} bytes", rows_of(*calls))
        twice = play(text, heap, f"{count} blocks of {length} bytes, freed, and as many again", rows)
        if twice > once:
            raise WrongAnswerError(
                f"{count} blocks of {length} bytes: {once} bytes mapped; all freed, and as many again: {twice}. "
                "Freed slots come before fresh ones, and fresh ones before a new slab."
            )


@pytest.mark.points(1)
def test_slabs_and_slots(student, edition):
    rules = Rules(edition)
    require_unlocked(student)
    for length in (1, 17, 33, 65, 100, 129, 200, 257, 513, 700, 1025, 1500, rules.small_len):
        heap = student.new_heap(2)
        limit = rules.slot_limit(length)
        count = 2 * (rules.slab_len // limit)
        addrs = [student.alloc(heap, length, ALIGN) for _ in range(count)]
        for _, mapped_len in heap.mappings():
            if mapped_len != rules.slab_len:
                raise WrongAnswerError(
                    f"{count} blocks of {length} bytes: alloc mapped {mapped_len} bytes at once; expected slabs of "
                    f"{rules.slab_len}."
                )
        mapped = len(heap.mappings()) * rules.slab_len
        if mapped > 2 * rules.slab_len:
            raise WrongAnswerError(
                f"{count} blocks of {length} bytes: {len(heap.mappings())} slabs; expected at most 2: a slot for "
                f"{length} bytes has at most {limit}, so a slab has room for {rules.slab_len // limit}."
            )
        assert len({*addrs}) == count
    heap = student.new_heap(2)
    first = {}
    for length in lengths_to(rules.small_len):
        addr = student.alloc(heap, length, ALIGN)
        start = next((start for start, mapped_len in heap.mappings() if start <= addr < start + mapped_len), None)
        other, other_addr = first.setdefault(start, (length, addr))
        if student.resize(heap, other_addr, other, length, ALIGN) is not True:
            raise WrongAnswerError(
                f"Blocks of {other} and {length} bytes lie in one slab, and resize(heap, addr, {other}, {length}, "
                f"{ALIGN}) did not say True; expected slots of one class in a slab."
            )
        first[start] = (length, other_addr)


def check_resized(student, rules, heap, length, new_length):
    """Resize a block beside a neighbour, and use what was granted."""
    what = f"resize(heap, addr, {length}, {new_length}, {ALIGN})"
    addr, neighbour = (student.alloc(heap, length, ALIGN) for _ in range(2))
    kept = bytes(number % 251 for number in range(min(length, new_length)))
    heap.write(neighbour, b"n" * length)
    heap.write(addr, kept)
    granted = student.resize(heap, addr, length, new_length, ALIGN)
    if type(granted) is not bool:
        raise WrongAnswerError(f"{what} gave {granted!r}; expected True or False.")
    if granted:
        start, mapped_len = next((s, n) for s, n in heap.mappings() if s <= addr < s + n)
        if addr + new_length > start + mapped_len:
            pieces = [("mapping", 0, mapped_len), ("block", addr - start, addr - start + new_length)]
            told = f"{what} said True, and the block then reaches past the end of its mapping."
            raise WrongAnswerError(told, drawn(pieces))
        if addr < neighbour < addr + new_length or neighbour < addr < neighbour + length:
            pieces = [("block", addr, addr + new_length), ("neighbour", neighbour, neighbour + length)]
            told = f"{what} said True, and the block then reaches into the slot behind it."
            raise WrongAnswerError(told, drawn([(name, begin - start, end - start) for name, begin, end in pieces]))
        is_large = length >= rules.slab_len
        if is_large != (new_length >= rules.slab_len) and min(length, new_length) <= rules.small_len:
            raise WrongAnswerError(
                f"{what} said True: free would look for the block in the wrong place. A block does not change from "
                "slot to mapping where it is."
            )
    if heap.read(addr, len(kept)) != kept:
        raise WrongAnswerError(f"{what} changed what the owner wrote.")
    student.free(heap, addr, new_length if granted else length, ALIGN)
    student.free(heap, neighbour, length, ALIGN)
    return granted


def check_remap_of_aligned(student, slab_len):
    """Let a block grow that is aligned to more than a page, where the next free pages are not."""
    heap = student.new_heap(2)
    align_log2, length, new_length = 16, 2 * slab_len, 6 * slab_len
    addr = student.alloc(heap, length, align_log2)
    student.alloc(heap, slab_len, ALIGN)  # in its way
    heap.map(4096, 12)
    new_addr = student.remap(heap, addr, length, new_length, align_log2)
    if new_addr % (1 << align_log2) != 0:
        raise WrongAnswerError(
            f"remap(heap, addr, {length}, {new_length}, {align_log2}) gave an address that is no multiple of "
            f"{1 << align_log2}; expected one that is, or 0. heap.remap moves to any page: it knows of no alignment."
        )


@pytest.mark.points(1)
def test_large_blocks_and_resize(student, edition):
    rules = Rules(edition)
    slab_len = rules.slab_len
    require_unlocked(student)
    for length in (slab_len, slab_len + 1, 5 * slab_len + 100):
        heap = student.new_heap(2)
        addr = student.alloc(heap, length, ALIGN)
        if (addr, -(-length // 4096) * 4096) not in heap.mappings():
            raise WrongAnswerError(f"alloc(heap, {length}, {ALIGN}): no mapping of its own; expected one.")
        student.free(heap, addr, length, ALIGN)
        if heap.mappings():
            raise WrongAnswerError(
                f"A block of {length} bytes, freed: its mapping is still there; expected heap.unmap."
            )
    for length, new_length in [(1, 1), (100, 100), (90, 96), (96, 90), (slab_len, slab_len)]:
        if not check_resized(student, rules, student.new_heap(2), length, new_length) and length == new_length:
            raise WrongAnswerError(f"resize(heap, addr, {length}, {new_length}, {ALIGN}) said False; nothing changes.")
    pairs = [(a, b) for a in lengths_to(300) for b in (1, a // 2 or 1, a + 1, a + 16, 2 * a, 4 * a)]
    for length, new_length in [*pairs, (100, slab_len), (slab_len, 100), (2 * slab_len, 40), (5000, 6000)]:
        check_resized(student, rules, student.new_heap(2), length, new_length)
    for length, new_length in ((slab_len, 4 * slab_len), (2 * slab_len + 5, 7 * slab_len)):
        heap = student.new_heap(2)
        addr = student.alloc(heap, length, ALIGN)
        student.alloc(heap, length, ALIGN)  # in its way
        heap.write(addr, b"kept" * 100)
        new_addr = student.remap(heap, addr, length, new_length, ALIGN)
        what = f"remap(heap, addr, {length}, {new_length}, {ALIGN})"
        if not any(new_addr == start and mapped_len >= new_length for start, mapped_len in heap.mappings()):
            raise WrongAnswerError(
                f"{what} gave {'0' if new_addr == 0 else 'no mapping of that length'}; expected the address of a "
                "longer one: heap.remap may move it."
            )
        if heap.read(new_addr, 400) != b"kept" * 100:
            raise WrongAnswerError(f"{what}: the bytes did not come along.")
        student.free(heap, new_addr, new_length, ALIGN)
    check_remap_of_aligned(student, slab_len)
    heap = student.new_heap(2)
    addr = student.alloc(heap, 100, ALIGN)
    new_addr = student.remap(heap, addr, 100, 2 * slab_len, ALIGN)
    if new_addr != 0:
        raise WrongAnswerError(f"remap(heap, addr, 100, {2 * slab_len}, {ALIGN}) moved a small block; expected 0.")


def prove_none_lost(text, length):
    """What two threads free at the same time can be had again, where no more memory is to be had."""
    has = Atomic(freed=0)

    def fills_the_slab(thread):
        return list(iter(lambda: thread.alloc(length, ALIGN), 0))

    def frees(thread):
        thread.free(thread.prepared[0])
        has.freed = 1

    def frees_and_allocates(thread):
        thread.free(thread.prepared[1])
        while has.freed == 0:
            pass
        return [thread.alloc(length, ALIGN), thread.alloc(length, ALIGN)]

    def had_again(run):
        count = sum(addr != 0 for addr in run.results[1])
        return count == 2 or f"of two slots that were freed, {count} came back"

    programs = [frees, frees_and_allocates]
    story = "Two threads free a block each of the only slab, and one allocates two again, 1 lane"
    options = {"text": text, "lane_count": 1, "map_limit": 1}
    require_safe(story, programs, had_again, TRAPS, fills_the_slab, **options)


@pytest.mark.points(1)
def test_threads_in_every_order(student, edition):
    text = text_of(student)

    def alone(thread):
        thread.free(thread.alloc(64, ALIGN))

    def keeps(thread):
        thread.alloc(64, ALIGN)

    def twice(thread):
        first, second = thread.alloc(64, ALIGN), thread.alloc(1000, ALIGN)
        thread.free(first)
        thread.free(second)

    def two_blocks(thread):
        return [thread.alloc(64, ALIGN), thread.alloc(64, ALIGN)]

    def frees_the_first(thread):
        thread.free(thread.prepared[0])

    def frees_the_second(thread):
        thread.free(thread.prepared[1])

    for count in (1, 2):
        lanes = f"{count} lane{'s' * (count > 1)}"
        for story, programs, prepare in (
            ("One thread allocates 64 bytes and frees them", [alone], None),
            ("Two threads allocate 64 bytes each", [keeps, keeps], None),
            ("Two threads allocate 64 bytes each and free them", [alone, alone], None),
            ("Two threads free a block each", [frees_the_first, frees_the_second], two_blocks),
            ("One thread frees a block, one allocates as much", [frees_the_first, keeps], two_blocks),
            ("Two threads, with two blocks each", [twice, twice], None),
        ):
            require_safe(f"{story}, {lanes}", programs, None, TRAPS, prepare, text=text, lane_count=count)
        for story, programs in (
            ("One thread allocates, and the system has no memory", [keeps]),
            ("Two threads allocate, and the system has no memory", [keeps, keeps]),
        ):
            require_safe(f"{story}, {lanes}", programs, None, TRAPS, text=text, lane_count=count, map_limit=0)
    prove_none_lost(text, Rules(edition).small_len)
    require_safe("Three threads allocate, 2 lanes", [keeps] * 3, None, TRAPS, text=text, lane_count=2, preemptions=1)


@pytest.mark.points(1)
def test_space(student, edition):
    rules = Rules(edition)
    text = text_of(student)
    require_unlocked(student)
    heap = student.new_heap(2)
    length = min(1024, rules.small_len)  # of a slab's worth, few calls
    count = rules.slab_len // length
    levels = []
    for _ in range(12):  # lane 0 allocates, lane 1 frees
        heap.set_thread_index(0)
        addrs = []
        for _ in range(count):
            addrs.append(student.alloc(heap, length, ALIGN))
            heap.set_thread_index(0)
        for addr in addrs:
            heap.set_thread_index(1)
            student.free(heap, addr, length, ALIGN)
        levels.append(sum(mapped_len for _, mapped_len in heap.mappings()) // rules.slab_len)
    if levels[-1] > 4:
        raise WrongAnswerError(
            f"A thread in lane 0 allocates {count} blocks of {length} bytes and one in lane 1 frees them, 12 times: "
            f"the heap has {levels} slabs after each; expected at most 4. Look into another lane before you map."
        )
    for name in packed_traces():
        rows = cost.first_events(name, cost.SPACE_EVENTS)
        got, base = play(text, student.new_heap(cost.LANE_COUNT), name, rows), cost.reference_space(rows)
        if got > SPACE_LIMIT * base:
            raise WrongAnswerError(
                f"{name}, the first {len(rows)} heap calls: {got} bytes mapped at most, {got / base:.1f} times the "
                f"reference's {base}; expected {SPACE_LIMIT} times at most."
            )


@pytest.mark.points(1)
def test_time(student):
    text = text_of(student)
    require_unlocked(student)
    for count in (10, 100):
        blocks = range(count)
        rows = rows_of(*(("alloc", block, 64, ALIGN) for block in blocks), *(("free", block) for block in blocks))
        require_steps(text, f"{count} blocks of 64 bytes, allocated and freed", rows)
    for name in packed_traces():
        rows = cost.first_events(name, cost.STEP_EVENTS)
        require_steps(text, f"{name}, the first {len(rows)} heap calls", rows)


def require_steps(text, story, rows):
    got, base = cost.steps(text, rows), cost.reference_steps(rows)
    if got.count > STEP_LIMIT * base.count:
        by_pages = got.pages * cost.PAGE_STEPS > got.count / 2
        raise WrongAnswerError(
            f"{story}: {got.count} steps, {got.count / base.count:.1f} times the reference's {base.count}; expected "
            f"{STEP_LIMIT} times at most. Of yours, {got.pages} are calls for pages, of the reference's {base.pages}. "
            + ("Each counts as a system call." if by_pages else "Is there a loop over slots?")
        )
