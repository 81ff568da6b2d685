"""Checks of exercise 02.3. Two regions take turns, so that what is kept outside the heap shows."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError

HEADER_LEN = 8


class Region:
    """A region, a model of what must be in it, and the learner's functions on it."""

    def __init__(self, student, heap, lane, region_len):
        self.student, self.heap, self.lane = student, heap, lane
        self.start = heap.map(region_len, 0)
        self.end = self.start + region_len
        self.next_addr = lane.next_addrs[0] = self.start + HEADER_LEN
        self.others = []  # regions of the same program
        self.live = {}  # addr -> (length, bytes written)
        self.said = []  # the calls so far, as text

    def alloc(self, length, alignment):
        expected = -(-self.next_addr // alignment) * alignment
        if expected + length > self.end:
            expected = 0
        got = self.student.alloc(self.heap, self.lane, self.start, self.end, length, alignment)
        self.said.append(f"alloc({length}, {alignment})")
        if got != expected or type(got) is not int:
            reason = self.reason(got, expected, fills=expected + length == self.end)
            raise WrongAnswerError(
                f"{self.story()} gave {self.told(got)}; expected {self.told(expected)}.{reason}",
                self.drawn(yours=got, expected=expected, length=length),
            )
        if got:
            self.next_addr = got + length
            data = bytes([len(self.said) % 255 + 1]) * length
            self.heap.write(got, data)
            self.live[got] = (length, data)
        self.prove(refused=got == 0)
        return got

    def free(self, addr):
        length, _ = self.live.pop(addr)
        was_last = addr + length == self.next_addr
        if was_last:
            self.next_addr = addr
        if not self.live:
            self.next_addr = self.start + HEADER_LEN
        self.student.free(self.heap, self.lane, self.start, addr, length)
        self.said.append(f"free({self.told(addr)}, {length})")
        self.prove(was_last=was_last)

    def prove(self, was_last=False, refused=False):
        """Count, next address and contents are as they must be."""
        for addr, (length, data) in self.live.items():
            if self.heap.read(addr, length) != data:
                raise WrongAnswerError(f"{self.story()}: the block at {self.told(addr)}, which is in use, has changed.")
        count, next_addr = self.heap.load(self.start), self.lane.next_addrs[0]
        if count != len(self.live):
            everywhere = len(self.live) + sum(len(region.live) for region in self.others)
            if count == everywhere:
                reason = " That is how many are in use in all regions of the program: keep each count in its region."
            else:
                reason = " A block that was refused is not in use." if refused else ""
            raise WrongAnswerError(
                f"{self.story()}: the word at start is {count}; expected {len(self.live)}, the number of blocks in use."
                f"{reason}"
            )
        if next_addr != self.next_addr:
            if not self.live:
                reason = " No block is in use, so all is free, but for the word that counts."
            elif was_last:
                reason = " That block was the last: its place can be handed out again."
            else:
                reason = " That block was not the last: there is one above it that is in use, or was."
            raise WrongAnswerError(
                f"{self.story()}: lane.next_addrs[0] is {self.told(next_addr)}; expected "
                f"{self.told(self.next_addr)}.{reason}",
                self.drawn(),
            )

    def drawn(self, length=0, **places):
        """The region, its blocks in use, and blocks of `length` at `places`, as far as they are near."""
        rows = [("region", self.start, self.end)]
        rows += [("in use", addr, addr + len(data)) for addr, (_, data) in sorted(self.live.items())]
        near = {name: addr for name, addr in places.items() if type(addr) is int and abs(addr - self.start) < 4096}
        return bars(rows + [(name, addr, addr + length) for name, addr in near.items()], self.told)

    def reason(self, got, expected, fills):
        if got is None:
            return " Is there a `return` on every path?"
        if got == 0:
            return " There is room: a block may end where the region does." if fills else " There is room."
        if type(got) is not int:
            return " Give an int back."
        if expected == 0:
            return " The block would run out of the region."
        return " Round up to a multiple of the alignment." if got < expected else " It can lie lower."

    def story(self):
        """The latest calls, as the learner would write them."""
        return "; ".join(self.said[-4:])

    def told(self, addr):
        if type(addr) is not int or addr == 0:
            return repr(addr)
        return f"start + {addr - self.start}" if addr >= self.start else f"start - {self.start - addr}"


def new_regions(student, region_len):
    heap = student.new_heap(2)
    first, second = (Region(student, heap, lane, region_len) for lane in heap.lanes)
    first.others, second.others = [second], [first]
    return [first, second]


@pytest.mark.points(1)
def test_the_block_that_was_handed_out_last_is_taken_back(student, edition):
    for region in new_regions(student, edition("region_len", 256)):
        kept = region.alloc(24, 8)
        last = region.alloc(10, 1)
        region.free(last)
        region.alloc(30, 16)
        region.alloc(8, 8)
        region.free(kept)
        region.alloc(20, 4)
        region.alloc(4096, 1)


@pytest.mark.points(1)
def test_when_no_block_is_in_use_all_is_free_again(student, edition):
    draw = random.Random(edition.seed)
    regions = new_regions(student, edition("region_len", 256))
    for region in regions:
        first, second = region.alloc(24, 8), region.alloc(24, 8)
        region.free(first)
        region.free(second)
        region.alloc(200, 8)
    for _ in range(400):
        region = draw.choice(regions)
        if region.live and draw.random() < 0.5:
            region.free(draw.choice([*region.live]))
        else:
            region.alloc(draw.randint(1, 60), 1 << draw.randrange(5))
