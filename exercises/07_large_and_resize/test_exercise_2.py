"""Checks of exercise 07.2."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError, place, require
from refalloc.student import StudentError

SLAB_LEN, PAGE_LEN, LARGEST, CLASS_COUNT = 65536, 4096, 32768, 13
WITHIN = [(100, 128), (100, 65), (8, 1), (32768, 16385), (40000, 40900), (70000, 69633)]
ACROSS = [(64, 65), (100, 200), (13, 1000), (200, 100), (1000, 3), (9, 30000)]
FAULTS = {  # what a stray access by realloc may come from
    "load": "Was the old block freed before it was copied? Or were more bytes copied than it has?",
    "store": "alloc gives 0 when there is no memory; and no more bytes may be copied than the new block has.",
    "unmap": "The old block is freed with its own length.",
}
LARGE = [(30000, 40000), (40000, 30000), (40000, 10), (20, 100000)]


def size_class(length):
    return max((length - 1).bit_length() - 3, 0)


def slot_len(length):
    return 8 << size_class(length)


def whole_pages(length):
    return -(-length // PAGE_LEN) * PAGE_LEN


class Check:
    """A heap of one lane with one live block, and room for its new length, all set up by hand."""

    def __init__(self, student, length, new_length, seed):
        self.student, self.length, self.new_length = student, length, new_length
        self.heap = student.new_heap()
        self.lane = self.heap.lanes[0]
        self.story = f"realloc from {length} to {new_length} bytes"
        self.known = {}  # what messages count addresses from
        self.data = bytes(random.Random(seed).choices(range(1, 256), k=length))
        if length > LARGEST:
            self.addr = self.known["old block"] = self.heap.map(length, 3)
        else:
            self.addr = self.new_slab("old slab", length, b"5") + slot_len(length)
            self.lane.next_addrs[size_class(length)] += slot_len(length)
        self.heap.write(self.addr, self.data)

    def new_slab(self, name, length, fill):
        """A slab full of a byte, whose first slot is a live neighbour. Returns its address."""
        slab = self.known[name] = self.heap.map(SLAB_LEN, 16)
        self.heap.write(slab, fill * SLAB_LEN)
        self.lane.next_addrs[size_class(length)] = slab + slot_len(length)
        return slab

    def make_room(self):
        """A slab for the new length, if it is small and of another class."""
        if self.new_length <= LARGEST and (self.length > LARGEST or slot_len(self.length) != slot_len(self.new_length)):
            self.new_slab("new slab", self.new_length, b"6")

    def block_the_way(self):
        """Map what lies behind a large block, so that it cannot grow there."""
        self.heap.map(PAGE_LEN, 12)

    def call(self):
        try:
            got = self.student.realloc(self.heap, self.addr, self.length, self.new_length)
        except StudentError as error:
            for access, hint in FAULTS.items():
                if f"MemoryFault: {access} at" in str(error):
                    raise StudentError(error.outcome, f"{error}. {hint}", error.lines) from None
            raise
        if type(got) is not int:
            require(f"{self.story} gave", got, self.addr, self.show)
        return got

    def show(self, addr):
        return place(addr, **self.known)

    def require_data(self, addr, data, when):
        """The block at `addr` holds `data`, and its slab nothing else that is new."""
        found = self.heap.read(addr, len(data))
        if found != data:
            byte = next(number for number, (a, b) in enumerate(zip(found, data, strict=True)) if a != b)
            hint = ""
            if byte < 8 and found[8:] == data[8:]:
                hint = " Only its first word is wrong: that is where free writes. Was it freed before it was copied?"
            elif byte >= len(data) // 8 * 8:
                hint = " The last bytes do not fill a word, and belong to the block all the same."
            told = f"{self.story}: byte {byte} of {len(data)} is not what it was, {when}.{hint}"
            last = max(number for number, (a, b) in enumerate(zip(found, data, strict=True)) if a != b)
            rows = [("block", 0, len(data)), ("changed", byte, last + 1)]
            raise WrongAnswerError(told, bars(rows, lambda at: f"byte {at}"))

    def require_neighbours(self):
        """Nothing has changed in the slabs but the block, and nothing was copied that is not the block's."""
        for name, length, fill in (("old slab", self.length, b"5"), ("new slab", self.new_length, b"6")):
            if name not in self.known:
                continue
            own = range(slot_len(length), 2 * slot_len(length))
            slab = self.heap.read(self.known[name], SLAB_LEN)
            if (slab[: own.start] + slab[own.stop :]).strip(fill):
                changed = [number for number, byte in enumerate(slab) if byte != fill[0] and number not in own]
                byte = changed[0]
                raise WrongAnswerError(
                    f"{self.story}: {name} + {byte} changed, outside the slot of the block. How many bytes may be "
                    "copied when the new block is the shorter?",
                    self.drawn(name, own, changed),
                )
            rest = slab[own.start + slot_len(self.length) : own.stop]
            if name == "new slab" and self.length <= LARGEST and rest.strip(fill):
                raise WrongAnswerError(
                    f"{self.story}: more was copied than the old block's slot has, {slot_len(self.length)} bytes. "
                    "What lies behind it belongs to others.",
                    self.drawn(name, own, [own.start + slot_len(self.length), own.start + len(slab.strip(fill)) - 1]),
                )

    def drawn(self, name, own, changed):
        """The slot of a slab that the block is in, its neighbours, and what changed that is not the block's."""
        rows = [("neighbour", own.start - len(own), own.start), ("slot", own.start, own.stop)]
        rows += [("neighbour", own.stop, own.stop + len(own)), ("changed", changed[0], changed[-1] + 1)]
        return bars(rows, lambda at: f"{name} + {at}")

    def frees(self):
        """{size class: front of its free list}, of those that are not empty."""
        return {number: self.show(self.lane.frees[number]) for number in range(CLASS_COUNT) if self.lane.frees[number]}


@pytest.mark.points(1)
def test_the_bytes_stay(student, edition):
    for length, new_length in [*WITHIN, *ACROSS, *LARGE]:
        check = Check(student, length, new_length, edition.seed)
        check.make_room()
        got = check.call()
        if got == 0:
            raise WrongAnswerError(f"{check.story} gave 0, and there was memory.")
        check.require_data(got, check.data[:new_length], "at the address that it gave")
        if (length, new_length) not in WITHIN:  # there it is to stay, which the next test sees to
            check.require_neighbours()


@pytest.mark.points(1)
def test_it_stays_where_it_can_and_else_its_place_is_freed(student, edition):
    for length, new_length in WITHIN:
        check = Check(student, length, new_length, edition.seed)
        got = check.call()
        require(f"{check.story} gave", got, check.addr, check.show, {"resize would have said True.": got})
    for length, new_length in ACROSS:
        check = Check(student, length, new_length, edition.seed)
        check.make_room()
        got = check.call()
        traps = {"A block in a slot of another length would be freed into the wrong list.": check.addr}
        require(f"{check.story} gave", got, check.known["new slab"] + slot_len(new_length), check.show, traps)
        old = check.show(check.addr)
        traps = {
            f"The old block has {length} bytes, and is freed as that.": {size_class(new_length): old},
            "The slot of the old block is free now; who will have it?": {},
        }
        want = {size_class(length): old}
        require(f"{check.story}: the fronts of the free lists, by class, are", check.frees(), want, traps=traps)
    for length, new_length in [(40000, 100), (40000, 200000)]:
        check = Check(student, length, new_length, edition.seed)
        check.make_room()
        check.block_the_way()
        got = check.call()
        assert got != check.addr, f"{check.story} gave the old address, and it cannot be there any more."
        assert (check.addr, whole_pages(length)) not in check.heap.mappings(), (
            f"{check.story}: the old block's pages are still mapped, and nobody will ever free them."
        )


@pytest.mark.points(1)
def test_without_memory_the_block_is_as_it_was(student, edition):
    for length, new_length in [(64, 65), (100, 5000), (20, 100000), (40000, 100), (40000, 200000)]:
        check = Check(student, length, new_length, edition.seed)
        for filler in (SLAB_LEN, PAGE_LEN):
            while check.heap.map(filler, 12) != 0:
                pass
        mappings = check.heap.mappings()
        got = check.call()
        require(f"{check.story}, without memory, gave", got, 0, check.show)
        traps = {"The caller was told 0, and still has the old block.": check.frees()}
        text = f"{check.story}, without memory: the fronts of the free lists, by class, are"
        require(text, check.frees(), {}, traps=traps)
        assert check.heap.mappings() == mappings, f"{check.story}, without memory: the old block's pages are gone."
        check.require_data(check.addr, check.data, "though there was no memory")
