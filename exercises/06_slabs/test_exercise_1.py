"""Checks of exercise 06.1."""

from functools import partial

import pytest

from refalloc.course.drawing import slots
from refalloc.course.expect import place, require

PAGE_LEN = 4096


def knobs(edition):
    """(bytes of a slab, bytes of a slot), simplest first."""
    return edition("slabs", [(65536, 16384), (65536, 32768), (16384, 1024), (131072, 4096), (8192, 256)])


def slabs_text(count):
    return "1 slab" if count == 1 else f"{count} slabs"


class Check:
    """A heap whose pages do not happen to be aligned, and the learner's function on it."""

    def __init__(self, student, slab_len, slot_len):
        self.student, self.slab_len, self.slot_len = student, slab_len, slot_len
        self.heap = student.new_heap()
        self.page = self.heap.map(PAGE_LEN, 12)
        self.lane = self.heap.lanes[0]
        self.slabs = []  # addresses, as they were mapped
        self.story = f"slot_len {slot_len}, slab_len {slab_len}"

    def call(self, size_class=2):
        """One call, after which at most one more slab may be mapped. Returns what it gave."""
        known = {self.page, *self.slabs}
        got = self.student.next_slot(self.heap, self.lane, size_class, self.slot_len, self.slab_len)
        new = [mapping for mapping in self.heap.mappings() if mapping[0] not in known]
        for addr, length in new:
            require(f"With {self.story}, the slab that was mapped has", length, self.slab_len, self.bytes)
            traps = {"Ask heap.map for the alignment too: 1 << align_log2 is to be slab_len.": addr % self.slab_len}
            require(f"With {self.story}, a slab's address % slab_len is", addr % self.slab_len, 0, traps=traps)
            self.slabs.append(addr)
        return got

    @staticmethod
    def bytes(length):
        return f"{length} bytes"

    def show(self, addr):
        return place(addr, **{f"slab {number}": slab for number, slab in enumerate(self.slabs, start=1)})

    def drawn(self, number):
        """The slab that call `number` should take a slot of, lowest slot first."""
        count = self.slab_len // self.slot_len
        slab, before = divmod(number, count)
        used, wanted = range(count - before, count), count - 1 - before
        return [f"{slots(f'slab {slab + 1}', count, used, wanted)}   x: handed out, ?: expected now"]

    def slot(self, number):
        """The slot that call `number`, counted from 0, should give; slabs must be mapped by then."""
        slab, below_top = divmod(number, self.slab_len // self.slot_len)
        return self.slabs[slab] + self.slab_len - (below_top + 1) * self.slot_len


@pytest.mark.points(1)
def test_the_first_slot_is_the_highest_of_a_new_slab(student, edition):
    for slab_len, slot_len in knobs(edition):
        check = Check(student, slab_len, slot_len)
        got = check.call()
        traps = {
            "Was the slab refused? The second argument of heap.map is a power: 1 << align_log2 is the alignment.": 0
        }
        require(f"With {check.story}, after the first call there are", len(check.slabs), 1, slabs_text, traps)
        slab = check.slabs[0]
        traps = {
            "That is the lowest slot; begin at the other end.": slab,
            "That is the end of the slab; the highest slot starts one slot below.": slab + slab_len,
        }
        picture = partial(check.drawn, 0)
        require(f"With {check.story}, the first call gave", got, check.slot(0), check.show, traps, picture)
        after = check.lane.next_addrs[2]
        traps = {
            "It says which slot was handed out last.": 0,
            "That is the slot to come; here it says which was handed out last.": got - slot_len,
        }
        require(f"With {check.story}, then lane.next_addrs[2] is", after, got, check.show, traps)


@pytest.mark.points(1)
def test_a_slab_is_used_up_slot_by_slot_before_the_next_is_mapped(student, edition):
    for slab_len, slot_len in knobs(edition):
        check = Check(student, slab_len, slot_len)
        per_slab = slab_len // slot_len
        for number in range(2 * per_slab + 1):
            got = check.call()
            wanted = number // per_slab + 1
            after = f"With {check.story}, after {number + 1} calls there are"
            traps = {
                "There was a slot left, and a slab was mapped all the same.": wanted + 1,
                "All slots were handed out, and no slab was mapped.": wanted - 1,
            }
            picture = partial(check.drawn, number)
            require(after, len(check.slabs), wanted, slabs_text, traps, picture)
            call = f"With {check.story}, call {number + 1} gave"
            require(call, got, check.slot(number), check.show, picture=picture)
        used = check.lane.next_addrs[2]
        check.call(size_class=3)
        traps = {"Each class has slabs of its own, and a word of its own in the lane.": 3}
        after = f"With {check.story}, after a first call for another class there are"
        require(after, len(check.slabs), 4, slabs_text, traps)
        require("A call for class 3 left lane.next_addrs[2] as", check.lane.next_addrs[2], used, check.show)


@pytest.mark.points(1)
def test_when_there_is_no_memory_nothing_changes(student, edition):
    for slab_len, slot_len in knobs(edition):
        check = Check(student, slab_len, slot_len)
        for _ in range(slab_len // slot_len):
            check.call()
        while check.heap.map(slab_len, 12) != 0:
            pass
        before = check.lane.next_addrs[2]
        got = student.next_slot(check.heap, check.lane, 2, slot_len, slab_len)
        traps = {"heap.map gave 0, and you counted from there.": got}
        require(f"With {check.story} and no memory for a slab, the call gave", got, 0, check.show, traps)
        require("Then lane.next_addrs[2] is", check.lane.next_addrs[2], before, check.show)
