"""Checks of exercise 06.3."""

import bisect
import itertools
from functools import partial

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError, place, require

PAGE_LEN = 4096


class Check:
    """A heap whose pages do not happen to be aligned, the learner's function on it, and what it handed out."""

    def __init__(self, student, slab_len):
        self.student, self.slab_len = student, slab_len
        self.heap = student.new_heap()
        self.page = self.heap.map(PAGE_LEN, 12)
        self.slabs = []
        self.given = {}  # size class -> addresses, sorted

    def call(self, size_class, slot_len):
        """One call, judged. Returns the slab, by number, that the slot lies in."""
        lane = self.heap.lanes[0]
        got = self.student.next_slot(self.heap, lane, size_class, slot_len, self.slab_len)
        new = [mapping for mapping in self.heap.mappings() if mapping[0] not in (self.page, *self.slabs)]
        self.slabs += [addr for addr, _ in new]
        given = self.given.setdefault(size_class, [])
        call = f"Call {len(given) + 1} for slots of {slot_len} bytes, slab_len {self.slab_len}, gave {self.show(got)}"
        for addr, length in new:
            if length != self.slab_len or addr % self.slab_len:
                away = f"{length} bytes, {addr % self.slab_len} bytes after a multiple of slab_len"
                raise WrongAnswerError(f"{call}, and mapped {away}; expected slab_len bytes at a multiple of it.")
        wrong = self.what_is_wrong(got, slot_len, given)
        if wrong:
            raise WrongAnswerError(f"{call}: {wrong}", self.drawn(got, slot_len, given))
        bisect.insort(given, got)
        return next(number for number, slab in enumerate(self.slabs) if slab <= got < slab + self.slab_len)

    def show(self, addr):
        return place(addr, **{f"slab {number}": slab for number, slab in enumerate(self.slabs, start=1)})

    def drawn(self, got, slot_len, given):
        """The slab that `got` lies in or after, what was handed out of it, and the slot at `got`."""
        near = [slab for slab in self.slabs if type(got) is int and slab <= got < slab + 2 * self.slab_len]
        if not near:
            return []
        slab = max(near)
        there = [addr for addr in given if slab <= addr < slab + self.slab_len]
        rows = [("slab", slab, slab + self.slab_len), *(("before", addr, addr + slot_len) for addr in there[-3:])]
        return bars([*rows, ("yours", got, got + slot_len)], self.show)

    def drawn_slab(self, number, size_class, slot_len):
        """A slab, and what was handed out of it."""
        slab = self.slabs[number]
        given = [addr for addr in self.given[size_class] if slab <= addr < slab + self.slab_len]
        return bars(
            [("slab", slab, slab + self.slab_len), *(("slot", addr, addr + slot_len) for addr in given[-6:])], self.show
        )

    def what_is_wrong(self, got, slot_len, given):
        if got is None:
            return "is there a `return` on every path?"
        if type(got) is not int:
            return "expected an address, an int."
        if got == 0:
            return "that is no slot; a 0 in the lane says that there is no slab yet."
        ends = [slab + self.slab_len for slab in self.slabs if slab <= got < slab + self.slab_len]
        if not ends:
            return "that lies in no slab."
        if got + slot_len > ends[0]:
            return f"only {ends[0] - got} bytes of the slab are left there; the slot reaches past its end."
        if got % 8:
            return "that is no multiple of 8."
        after = bisect.bisect_right(given, got)
        for other in given[max(after - 1, 0) : after + 1]:
            if abs(other - got) < slot_len:
                return f"that overlaps the slot at {self.show(other)}, which was handed out before."
        return ""


def slabs_text(count):
    return "1 slab" if count == 1 else f"{count} slabs"


def slots_by_slab(check, size_class, slot_len, slab_count):
    """Call until slab_count slabs are used up and one more is begun."""
    wanted = check.slab_len // slot_len
    for number in range(slab_count):
        for count in range(wanted):
            slab = check.call(size_class, slot_len)
            story = (
                f"Slots of {slot_len} bytes, slab_len {check.slab_len}: slot {count + 1} of slab {number + 1} lies in"
            )
            traps = {f"A slab has room for {wanted}, and the one before was left too early.": number + 1}
            picture = partial(check.drawn_slab, number, size_class, slot_len)
            require(story, slab, number, lambda index: f"slab {index + 1}", traps, picture)
    check.call(size_class, slot_len)
    slab_text = f"Slots of {slot_len} bytes, slab_len {check.slab_len}: for {wanted * slab_count + 1} of them there are"
    require(slab_text, len(check.slabs), slab_count + 1, slabs_text)


@pytest.mark.points(1)
def test_slots_that_fit_evenly(student, edition):
    for slot_len in (16384, 32768, 4096, 65536):
        slots_by_slab(Check(student, edition("slab_len", 65536)), 1, slot_len, 3)


@pytest.mark.points(1)
def test_slots_that_leave_a_rest(student, edition):
    slab_len = edition("slab_len", 65536)
    for slot_len in edition("slot_lens", [20480, 40960, 10240, 5120, 65528, 32776]):
        slots_by_slab(Check(student, slab_len), 1, slot_len, 3)
    for slot_len in edition("short_slot_lens", [1280, 3072, 2736, 80, 48, 24]):
        slots_by_slab(Check(student, 8192), 1, slot_len, 2)


@pytest.mark.points(1)
def test_classes_have_slabs_of_their_own(student, edition):
    check = Check(student, edition("slab_len", 65536))
    lens = {0: 20480, 1: 16384, 5: 6144}
    slabs = {size_class: set() for size_class in lens}
    for _ in range(30):
        for size_class, slot_len in lens.items():
            slabs[size_class].add(check.call(size_class, slot_len))
    shared = [pair for pair in itertools.combinations(slabs, 2) if slabs[pair[0]] & slabs[pair[1]]]
    assert not shared, "Slots of two classes lie in one slab; each class has a word of its own in the lane."
    for size_class, slot_len in lens.items():
        wanted = -(-30 // (check.slab_len // slot_len))
        text = f"Three classes in turn: 30 slots of {slot_len} bytes lie in"
        require(text, len(slabs[size_class]), wanted, slabs_text)
