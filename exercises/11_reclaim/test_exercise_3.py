"""Checks of exercise 11.3."""

import random

import pytest

from refalloc.course.expect import WrongAnswerError, require

WORDS = {True: "mapped", False: "unmapped"}


class Knobs:
    def __init__(self, edition, student):
        self.size_class = edition("size_class", 6)
        self.slot_len = edition("slot_len", 4096)
        self.slab_len = edition("slab_len", 16384)
        self.count = self.slab_len // self.slot_len
        self.student = student


class Case:
    """A heap with slabs of a class, as words: for each slab, a letter for each slot.

    A digit: free, in the list of that lane; "x": live; "a" to "c": never handed out, of lane 0 to 2. ends: {lane:
    number of its newest slab}, of those that are used up.
    """

    def __init__(self, knobs, slabs, lane_count, mix=None, ends=()):
        self.knobs = knobs
        self.slabs = slabs
        self.heap = knobs.student.new_heap(lane_count)
        align_log2 = knobs.slab_len.bit_length() - 1
        self.starts = sorted(self.heap.map(knobs.slab_len, align_log2) for _ in slabs)
        self.ends = dict(ends)
        self.lists = [[] for _ in range(lane_count)]
        self.fresh = [self.addr(self.ends[lane] + 1, 0) if lane in self.ends else 0 for lane in range(lane_count)]
        for number, letters in enumerate(slabs):
            for slot, letter in enumerate(letters):
                if letter.isdigit():
                    self.lists[int(letter)].append((number, slot))
                elif letter in "abc" and self.fresh["abc".index(letter)] % knobs.slab_len == 0:
                    self.fresh["abc".index(letter)] = self.addr(number, slot)
        for lane, slots in zip(self.heap.lanes, self.lists, strict=True):
            if mix is not None:
                mix(slots)
            addrs = [self.addr(*slot) for slot in slots]
            for addr, following in zip(addrs, [*addrs[1:], 0], strict=False):
                self.heap.store(addr, following)
            lane.frees[knobs.size_class] = addrs[0] if addrs else 0
            lane.next_addrs[knobs.size_class] = self.fresh[lane.index]
            self.heap.try_lock(lane)

    def addr(self, number, slot):
        start = self.starts[number] if number < len(self.starts) else self.starts[-1] + self.knobs.slab_len
        return start + slot * self.knobs.slot_len

    def told(self):
        words = {"x": "live"} | {str(lane): f"free in lane {lane}" for lane in range(10)}
        words |= {letter: f"never handed out, of lane {lane}" for lane, letter in enumerate("abc")}
        slabs = []
        for number, letters in enumerate(self.slabs):
            runs = []
            for letter in letters:
                if runs and runs[-1][0] == letter:
                    runs[-1][1] += 1
                else:
                    runs.append([letter, 1])
            slabs.append(f"slab {number}: " + ", ".join(f"{count} {words[letter]}" for letter, count in runs))
        slabs += [f"slab {number} is lane {lane}'s newest, used up" for lane, number in self.ends.items()]
        return "; ".join(slabs)

    def empty(self):
        """Numbers of the slabs that hold no live block."""
        return [number for number, letters in enumerate(self.slabs) if "x" not in letters]

    def there(self):
        return {start for start, _ in self.heap.mappings()}

    def listed(self, lane, told):
        walk, addr = [], lane.frees[self.knobs.size_class]
        while addr != 0:
            if len(walk) > self.knobs.count * len(self.slabs):
                raise WrongAnswerError(f"{told} the free list of lane {lane.index} has no end then.")
            walk.append(self.slot_of(addr))
            if type(walk[-1]) is tuple and self.starts[walk[-1][0]] not in self.there():
                raise WrongAnswerError(
                    f"{told} the free list of lane {lane.index} leads into slab {walk[-1][0]}, which is unmapped. The "
                    "slots before and behind those that leave are to be linked to each other."
                )
            addr = self.heap.load(addr)
        return walk

    def slot_of(self, addr):
        """(number of the slab, number of the slot), or where else `addr` is."""
        for number, start in enumerate(self.starts):
            if start <= addr < start + self.knobs.slab_len:
                return number, (addr - start) // self.knobs.slot_len
        return addr

    def drawn(self, keep):
        """The slabs as they were before the call, and what became of each."""
        gone, there = self.empty()[keep:], self.there()
        lines = ["0 to 9: free, in that lane's list; x: live; a to c: never handed out, of lane 0 to 2"]
        for number, (letters, start) in enumerate(zip(self.slabs, self.starts, strict=True)):
            is_now, should_be = (WORDS[start in there], WORDS[number not in gone])
            lines.append(f"slab {number} |{letters}| {is_now}{f', expected {should_be}' * (is_now != should_be)}")
        return lines

    def prove(self, keep):
        try:
            self.prove_all(keep)
        except WrongAnswerError as error:
            raise WrongAnswerError(str(error), self.drawn(keep)) from None

    def prove_all(self, keep):
        knobs = self.knobs
        gone = self.empty()[keep:]
        got = knobs.student.give_back(self.heap, knobs.size_class, knobs.slot_len, knobs.slab_len, keep)
        told = f"{self.told()}; keep {keep}:"
        unmapped = [number for number, start in enumerate(self.starts) if start not in self.there()]
        if unmapped != gone:
            raise WrongAnswerError(
                f"{told} give_back unmapped {slabs_told(unmapped)}; expected {slabs_told(gone)}."
                f"{self.reason_for(unmapped, gone, keep)}"
            )
        traps = {"It is bytes, not slabs, that are counted.": len(gone)} if gone else {}
        require(f"{told} give_back gave", got, len(gone) * knobs.slab_len, traps=traps)
        for lane in self.heap.lanes:
            self.prove_lane(lane, told, gone)

    def prove_lane(self, lane, told, gone):
        front = lane.frees[self.knobs.size_class]
        if front and type(self.slot_of(front)) is tuple and self.slot_of(front)[0] in gone:
            raise WrongAnswerError(
                f"{told} the free list of lane {lane.index} begins in slab {self.slot_of(front)[0]}, which is "
                "unmapped. Its slots must leave the lists before."
            )
        want = [slot for slot in self.lists[lane.index] if slot[0] not in gone]
        got = self.listed(lane, told)
        if got != want:
            reason = " They keep their order." if sorted(got) == sorted(want) else ""
            raise WrongAnswerError(
                f"{told} in the list of lane {lane.index} are then {slots_told(got)}; expected {slots_told(want)}."
                f"{reason}"
            )
        next_addr = self.fresh[lane.index]
        if next_addr % self.knobs.slab_len == 0 == lane.next_addrs[self.knobs.size_class] % self.knobs.slab_len:
            next_addr = lane.next_addrs[self.knobs.size_class]  # both mean that there is no such slab
        elif next_addr and self.slot_of(next_addr)[0] in gone:
            next_addr = 0
        if lane.next_addrs[self.knobs.size_class] != next_addr:
            reason = (
                "The slab where it went on is unmapped."
                if next_addr == 0
                else "The slab where it goes on is still there."
            )
            raise WrongAnswerError(f"{told} next_addrs of lane {lane.index} is wrong then. {reason}")
        if self.heap.try_lock(lane):
            raise WrongAnswerError(f"{told} lane {lane.index} is unlocked then. The caller holds all lanes.")

    def reason_for(self, unmapped, gone, keep):
        if any("x" in self.slabs[number] for number in unmapped):
            return " A live block lies there, and is gone."
        if len(unmapped) == len(self.empty()) != len(gone):
            return " Some are to stay, for the next alloc."
        if len(unmapped) == len(gone):
            return " Those with the lowest addresses stay."
        if len(unmapped) > len(gone):
            return ""
        missing = {*gone} - {*unmapped}
        if any(number - 1 in self.ends.values() for number in missing):
            return " A next_addrs that is a multiple of slab_len says nothing of the slab that begins there."
        letters = "".join(self.slabs[number] for number in missing)
        if any(letter in "abc" for letter in letters):
            return " Slots that were never handed out are no live blocks."
        if any(len({*self.slabs[number]}) > 1 for number in missing):
            return " Its free slots may lie in the lists of several lanes."
        return ""


def slabs_told(numbers):
    if not numbers:
        return "none"
    return f"slab{'s' * (len(numbers) > 1)} {' and '.join(map(str, numbers))}"


def slots_told(slots):
    return (
        ", ".join(f"slab {slot[0]} slot {slot[1]}" if type(slot) is tuple else "what is no slot" for slot in slots)
        or "none"
    )


def same(knobs, letter):
    return letter * knobs.count


def first(knobs, letter, rest):
    """A slab with one slot of a kind in front, the rest of another."""
    return letter + rest * (knobs.count - 1)


@pytest.mark.points(1)
def test_slabs_that_are_used_up(student, edition):
    knobs = Knobs(edition, student)
    free, live = same(knobs, "0"), same(knobs, "x")
    for slabs in ([free], [live], [first(knobs, "x", "0")], [first(knobs, "0", "x")], [free, live], [live, free, free]):
        Case(knobs, slabs, 1).prove(0)
    for slabs in ([first(knobs, "0", "1")], [first(knobs, "1", "0"), first(knobs, "x", "1"), same(knobs, "1")]):
        Case(knobs, slabs, 2).prove(0)
    Case(knobs, [first(knobs, "x", "0"), free], 1, list.reverse).prove(0)


@pytest.mark.points(1)
def test_slabs_that_are_not_used_up_and_slabs_that_stay(student, edition):
    knobs = Knobs(edition, student)
    free, half = same(knobs, "0"), first(knobs, "0", "a")
    for slabs in ([half], [first(knobs, "x", "a")], [free, half], [first(knobs, "1", "a"), first(knobs, "1", "b")]):
        Case(knobs, slabs, 2).prove(0)
    for slabs, keep in (([free], 1), ([free, free], 1), ([half, free, free], 1), ([free, free], 3)):
        Case(knobs, slabs, 2).prove(keep)
    Case(knobs, [], 1).prove(0)
    live = same(knobs, "x")
    for slabs, ends in (([free], {0: 0}), ([live, free], {0: 0}), ([live, free, half], {1: 0})):
        Case(knobs, slabs, 2, ends=ends).prove(0)


@pytest.mark.points(1)
def test_many_slabs_in_any_order(student, edition):
    knobs = Knobs(edition, student)
    draw = random.Random(edition.seed)
    for _ in range(30):
        lane_count = draw.choice([1, 2, 3])
        slabs = []
        for _ in range(draw.randrange(1, 7)):
            kinds = "".join(map(str, range(lane_count))) + draw.choice(["", "", "x"])
            slabs.append("".join(draw.choice(kinds) for _ in range(knobs.count)))
        for lane in range(lane_count):
            if draw.random() < 0.5:
                used = draw.randrange(1, knobs.count)
                slabs.append(
                    "".join(draw.choice(["x", *"012"[:lane_count]]) for _ in range(used))
                    + "abc"[lane] * (knobs.count - used)
                )
        draw.shuffle(slabs)
        used_up = [number for number, letters in enumerate(slabs) if not {*letters} & {*"abc"}]
        without = [lane for lane in range(lane_count) if "abc"[lane] not in "".join(slabs)]
        ends = {lane: draw.choice(used_up) for lane in without if draw.random() < 0.5}
        Case(knobs, slabs, lane_count, draw.shuffle, ends).prove(draw.choice([0, 0, 1, 2]))
