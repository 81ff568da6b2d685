"""Checks of exercise 02.2. Regions start at START into a page, so that only addresses are aligned, and not offsets."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import WrongAnswerError

START = 40  # bytes from the start of the page


class Region:
    """A region of memory, the blocks that the learner's function handed out of it, and what was written there."""

    def __init__(self, student, heap, region_len):
        self.alloc_down = student.alloc_down
        self.heap = heap
        self.lane = self.heap.lanes[0]
        self.start = self.heap.map(START + region_len, 0) + START
        self.end = self.start + region_len
        self.lane.next_addrs[0] = self.end
        self.blocks = []  # (addr, bytes written there)

    def expected(self, length, alignment):
        """By looking at one address after the other, downwards."""
        addr = self.lane.next_addrs[0] - length
        while addr >= self.start and addr % alignment:
            addr -= 1
        return max(addr, 0) if addr >= self.start else 0

    def ask(self, length, alignment):
        """One block, proved right."""
        taken, expected = self.lane.next_addrs[0], self.expected(length, alignment)
        got = self.alloc_down(self.lane, self.start, length, alignment)
        if got != expected or type(got) is not int:
            self.fail(length, alignment, taken, got, expected)
        if got == 0:
            if self.lane.next_addrs[0] != taken:
                raise WrongAnswerError(
                    f"{self.call(length, alignment, taken)} gave 0, as it must, but changed lane.next_addrs[0] to "
                    f"{self.told(self.lane.next_addrs[0])}; a block that is not handed out takes nothing."
                )
            return
        if self.lane.next_addrs[0] != got:
            raise WrongAnswerError(
                f"{self.call(length, alignment, taken)} gave {self.told(got)}, which is right, and left "
                f"lane.next_addrs[0] at {self.told(self.lane.next_addrs[0])}; it is the lowest address handed out, so "
                f"{self.told(got)} now."
            )
        data = bytes([len(self.blocks) % 255 + 1]) * length
        self.heap.write(got, data)
        self.blocks.append((got, data))

    def fail(self, length, alignment, taken, got, expected):
        message = f"{self.call(length, alignment, taken)} gave {self.told(got)}; expected {self.told(expected)}."
        rows = [("region", self.start, self.end), ("taken", taken, self.end), ("expected", expected, expected + length)]
        if type(got) is int and got != 0 and abs(got - self.start) < 2 * (self.end - self.start):
            rows.append(("yours", got, got + length))
        picture = bars([row for row in rows if row[1] != 0], self.told)
        raise WrongAnswerError(message + self.reason(length, alignment, taken, got, expected), picture)

    def reason(self, length, alignment, taken, got, expected):
        if got is None:
            return " Is there a `return` on every path?"
        if type(got) is not int:
            return " Give an int back."
        if got == 0:
            return " There is room: the block just fits." if expected == self.start else " There is room for it."
        if got + length > taken:
            return " It runs into what is taken: go down by the length before you round."
        if got % alignment:
            return f" That is no multiple of {alignment}: round after you have gone down by the length."
        if got < self.start and got + length <= taken < self.start + length + alignment:
            return f" It fits before it is rounded down to a multiple of {alignment}, and then not any more."
        if got < self.start:
            return " It starts below the region: there is no room, and 0 says so."
        return " It can lie higher."

    def call(self, length, alignment, taken):
        return f"alloc_down(lane, start, {length}, {alignment}), with all from {self.told(taken)} up taken,"

    def told(self, addr):
        """An address as a learner reads it."""
        if type(addr) is not int or addr == 0:
            return repr(addr)
        base = "end" if self.end - addr < addr - self.start else "start"
        offset = addr - (self.end if base == "end" else self.start)
        return base if offset == 0 else f"{base} {'+' if offset > 0 else '-'} {abs(offset)}"

    def prove_contents(self):
        for addr, data in self.blocks:
            found = self.heap.read(addr, len(data))
            assert found == data, f"the block at {self.told(addr)} was overwritten by a later one"


def region_lens(edition):
    return edition("region_lens", [200, 1000, 4000])


@pytest.mark.points(1)
def test_a_block_lies_as_high_as_its_alignment_lets_it(student, edition):
    heap = student.new_heap()
    for region_len in region_lens(edition):
        for alignment in (1, 8, 16, 64):
            for length in (1, 8, 10, 16, 64, 100):
                Region(student, heap, region_len).ask(length, alignment)


@pytest.mark.points(1)
def test_each_block_lies_below_the_one_before_and_keeps_its_bytes(student, edition):
    heap, draw = student.new_heap(), random.Random(edition.seed)
    for region_len in region_lens(edition):
        region = Region(student, heap, region_len)
        for _ in range(region_len // 50):
            region.ask(draw.randint(1, 20), 1 << draw.randrange(5))
        region.prove_contents()


@pytest.mark.points(1)
def test_what_does_not_fit_is_refused_and_changes_nothing(student, edition):
    heap, draw = student.new_heap(), random.Random(edition.seed)
    for region_len in region_lens(edition):
        for length, alignment in ((region_len, 8), (region_len + 1, 8), (region_len - 1, 16), (region_len, 64)):
            Region(student, heap, region_len).ask(length, alignment)
        region = Region(student, heap, region_len)
        while region.expected(1, 1):
            region.ask(draw.randint(1, region_len // 4), 1 << draw.randrange(7))
            region.ask(1, 1)
        region.ask(1, 1)
        region.prove_contents()
