"""What a moment of a recording says, in words and rows: the text of every still.

static/story.js says the same in the browser; the tests compare the two at many moments. Sentences are data, in
static/sentences.json.
"""

import bisect
import json
import math
from dataclasses import dataclass
from importlib import resources

import numpy as np

from refalloc.trace import PROLOGUE, Kind
from refalloc.trace.state import FREE, FRESH, HELD, LIVE, state_at

SENTENCES = json.loads((resources.files("refalloc") / "pictures" / "static" / "sentences.json").read_text("utf-8"))
NO_ADDRESS = 1 << 53  # and above: a word that is something else
LIST_ROWS = 64  # a longer free list is cut here, and its length told
MARKS = ("slab mapped", "lane locked, thread went on", "another lane searched", "fault")
_REFUSABLE = {Kind.RETURN_RESIZE, Kind.RETURN_REMAP, Kind.REMAP, Kind.TRY_LOCK, Kind.SWAP_SHARED, Kind.ACQUIRE}
_SUBJECT_IN_VALUE = [Kind.READ_FREES, Kind.WRITE_FREES, Kind.READ_NEXT_ADDR]
# What a recording begins with: what the heap is, and what lies on it already.
_IN_PROLOGUE = [Kind.HEAP, Kind.CLASS, Kind.MAP, Kind.WRITE_NEXT_ADDR, Kind.WRITE_FREES, Kind.STORE]
_IN_PROLOGUE += [Kind.TRY_LOCK, Kind.RETURN_ALLOC]
_CALLS = [Kind.CALL_ALLOC, Kind.CALL_FREE, Kind.CALL_RESIZE, Kind.CALL_REMAP]


def sentence(name, /, **values):
    return SENTENCES[name].format(**values)


def counted(n, noun):
    """A count with its noun: str."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


@dataclass(frozen=True)
class Table:
    """Rows of text under a picture. Attributes: columns: list of str; rows: list of lists of str."""

    columns: list[str]
    rows: list[list[str]]


class Moment:
    """The heap after event `n` of a Recording, told.

    Attributes: state: State; slabs: list of Mapping; slots: list of arrays of SLOT, one for each slab.
    """

    def __init__(self, recording, n):
        self.events = recording.events
        self.names = recording.names
        self.n = n
        self.state = state_at(self.events, n)
        self.slabs = self.state.slabs()
        self.slots = self.state.slots_of(self.slabs)
        self.slab_len = int(self.events["length"][0])
        self._stretches = _stretches_of(self.events, self.slab_len)
        self.base = self._stretches[0][0] * self.slab_len
        is_of_none = self.events["thread"] == PROLOGUE
        preparing = np.flatnonzero(is_of_none & ~np.isin(self.events["kind"], _IN_PROLOGUE))
        # The event from which what no thread made was made to prepare the heap for them.
        self.prepare_from = int(preparing[0]) if len(preparing) else len(self.events)

    # Names

    def number(self, slab):
        """A slab's number: that of its place."""
        return self._place(slab.addr)

    def _place(self, addr):
        """The number of the slab place that an address lies in; `addr` is `base` or more.

        Places are numbered by address, and those in which nothing was ever mapped are left out, so that numbers are
        small in a heap with gaps of any width; past the end of what was mapped they go on.
        """
        place = addr // self.slab_len
        first, before = self._stretches[bisect.bisect(self._stretches, (place, math.inf)) - 1]
        return before + place - first

    def slot_size(self, slab):
        return self.state.slot_sizes[slab.size_class]

    def place(self, addr):
        """Where an address lies, the same in every run."""
        if addr >= NO_ADDRESS:
            return SENTENCES["place.none"]
        for slab in self.slabs:
            if slab.addr <= addr < slab.addr + slab.length:
                return sentence("place.slab", number=self.number(slab), offset=hex(addr - slab.addr))
        if addr < self.base:
            return hex(addr)
        return sentence("place.heap", offset=hex(self._place(addr) * self.slab_len + addr % self.slab_len))

    def target(self, addr):
        return self.place(addr) if addr != 0 else SENTENCES["none"]

    # Sentences

    def step(self):
        """The step that event `n` is: str."""
        if self.n == -1:
            return SENTENCES["before"]
        event = {name: int(self.events[self.n][name]) for name in self.events.dtype.names}
        kind = Kind(event["kind"])
        is_refused = event["value"] == 0 if kind in _REFUSABLE else _has_no_addr(kind, event["addr"])
        size_class = event["size_class"]
        is_small = 0 <= size_class < len(self.state.slot_sizes)
        began = f"began.{kind.name}"
        is_begun = event["thread"] != PROLOGUE or self.n >= self.prepare_from or began not in SENTENCES
        return sentence(
            kind.name + (".refused" if is_refused else "") if is_begun else began,
            **{key: event[key] for key in ("lane", "size_class", "value", "length", "new_length")},
            who=SENTENCES["who.prepare"] if event["thread"] == PROLOGUE else sentence("who", thread=event["thread"]),
            lanes=counted(event["value"], "lane"),
            bytes=counted(event["length"], "byte"),
            alignment=1 << event["align_log2"],
            place=self.place(event["addr"]),
            target=self.target(event["value"]),
            class_name=sentence("class", size_class=size_class, slot=self.state.slot_sizes[size_class])
            if is_small
            else SENTENCES["class.large"],
            name=self.names[event["addr"]] if event["addr"] < len(self.names) else "",
        )

    def heading(self):
        """The event's number, and that of its alloc where it begins or ends one: str."""
        kinds, threads = self.events["kind"][: self.n + 1], self.events["thread"][: self.n + 1]
        calls = np.flatnonzero(kinds == Kind.CALL_ALLOC)
        own = calls[threads[calls] == threads[-1]] if self.n >= 0 else calls
        if self.n < 0 or kinds[-1] not in (Kind.CALL_ALLOC, Kind.RETURN_ALLOC) or len(own) == 0:
            return sentence("heading", n=f"{self.n:,}")
        return sentence("heading.alloc", n=f"{self.n:,}", alloc=f"{np.searchsorted(calls, own[-1]) + 1:,}")

    def subject(self):
        """The address that event `n`, or the last before it that is about one, is about: int, 0 for none."""
        before = self.events[: self.n + 1]
        kinds = before["kind"]
        addrs = np.where(np.isin(kinds, _SUBJECT_IN_VALUE), before["value"], before["addr"])
        about = np.flatnonzero((addrs != 0) & (kinds < Kind.READ_SHARED))
        return int(addrs[about[-1]]) if len(about) else 0

    def subject_list(self):
        """(lane, size_class) that event `n`, or the last before it that is about one, is about."""
        before = self.events[: self.n + 1]
        lanes = before["lane"][before["lane"] >= 0]
        is_small = (before["size_class"] >= 0) & (before["size_class"] < len(self.state.slot_sizes))
        classes = before["size_class"][is_small & (before["kind"] != Kind.CLASS)]
        return (int(lanes[-1]) if len(lanes) else 0), (int(classes[-1]) if len(classes) else 0)

    def why(self):
        """Why alloc gave the address that it gave at event `n`, a RETURN_ALLOC; "" for any other."""
        if self.n < 0 or self.events["kind"][self.n] != Kind.RETURN_ALLOC or self.events["addr"][self.n] == 0:
            return ""
        event = self.events[self.n]
        if event["thread"] == PROLOGUE and self.n < self.prepare_from:
            return ""
        length = int(event["length"])
        size = {"bytes": counted(length, "byte"), "need": "needs" if length == 1 else "need"}
        size["alignment"] = 1 << int(event["align_log2"])
        size_class, addr = int(event["size_class"]), event["addr"]
        if size_class >= len(self.state.slot_sizes):
            return sentence("why.large", **size)
        said = [sentence("why.need", **size, size_class=size_class, slot=self.state.slot_sizes[size_class])]
        steps = self._steps_of_call()
        said += _lanes_taken(steps, len(self.state.lanes))
        looks = steps[np.isin(steps["kind"], [Kind.READ_FREES, Kind.READ_NEXT_ADDR])]
        found = looks[looks["value"] == addr]
        if np.any((steps["kind"] == Kind.MAP) & (steps["addr"] == addr)):
            said.append(sentence("why.mapped", lane=looks["lane"][-1]) if len(looks) else SENTENCES["why.mapped.alone"])
        elif len(found) == 0:
            said.append(SENTENCES["why.unknown"])
        else:
            name = "why.popped" if found["kind"][0] == Kind.READ_FREES else "why.bumped"
            said.append(sentence(name, lane=found["lane"][0]))
        return " ".join(said)

    def _steps_of_call(self):
        """Events of the thread's call that returns at event `n`, oldest first."""
        before = self.events[: self.n]
        own = before[before["thread"] == self.events["thread"][self.n]]
        calls = np.flatnonzero(own["kind"] == Kind.CALL_ALLOC)
        return own[calls[-1] + 1 :] if len(calls) else own

    def summary(self):
        """The heap at this moment in one sentence."""
        large = self.state.large()
        live = [slots["status"] == LIVE for slots in self.slots]
        live_counts = [int(np.count_nonzero(is_live)) for is_live in live]
        given = sum(n * self.slot_size(slab) for n, slab in zip(live_counts, self.slabs, strict=True))
        asked = sum(int(slots["length"].sum(where=is_live)) for slots, is_live in zip(self.slots, live, strict=True))
        return sentence(
            "summary",
            n=f"{self.n:,}",
            last=f"{len(self.events) - 1:,}",
            slabs=counted(len(self.slabs), "slab"),
            live=counted(sum(live_counts) + len(large), "live block"),
            asked=counted(asked + sum(block.length for block in large), "byte"),
            given=f"{given + sum(self._mapped_len(block) for block in large):,}",
            free=counted(sum(int(np.count_nonzero(slots["status"] == FREE)) for slots in self.slots), "free slot"),
            large=counted(len(large), "large map"),
            lanes=counted(len(self.state.lanes), "lane"),
        )

    def slot(self, slab_index, index):
        """One slot in words: str."""
        slab, slot = self.slabs[slab_index], self.slots[slab_index][index]
        size = self.slot_size(slab)
        values = {
            "index": index,
            "number": self.number(slab),
            "place": f"at {hex(index * size)}",
            "size_class": slab.size_class,
            "slot": size,
        }
        if slot["status"] == FRESH:
            return sentence("slot.fresh", **values)
        if slot["status"] == HELD:
            return sentence("slot.held", **values)
        if slot["status"] == FREE:
            return sentence("slot.free", **values, lane=slot["lane"], target=self.target(int(slot["next_addr"])))
        block = self.state.live[int(slot["addr"])]
        is_old = block.thread == PROLOGUE and block.number < self.prepare_from
        values |= {"asked": block.length, "owner": self._name(block.thread, block.number), "event": f"{block.number:,}"}
        return sentence("slot.live.began" if is_old else "slot.live", **values)

    def _name(self, thread, number):
        """A thread in the middle of a sentence: str. `number`: an event of it."""
        if thread != PROLOGUE:
            return f"thread {thread}"
        return SENTENCES["name.unknown" if number < self.prepare_from else "name.prepare"]

    # Tables

    def slab_table(self):
        columns = "slab", "class", "slot bytes", "live", "bytes asked for", "free", "handed out", "never handed out"
        rows = []
        for slab, slots in zip(self.slabs, self.slots, strict=True):
            is_live = slots["status"] == LIVE
            numbers = [self.number(slab), slab.size_class, self.slot_size(slab), np.count_nonzero(is_live)]
            numbers += [slots["length"].sum(where=is_live)]
            numbers += [np.count_nonzero(slots["status"] == status) for status in (FREE, HELD, FRESH)]
            rows.append([*map(str, numbers), self._bump(slab)])
        return Table([*columns, "next_addr"], rows)

    def _bump(self, slab):
        lane = self.state.bump_lane(slab)
        if lane is None:
            return "used up" if slab.is_begun else "none yet"
        return f"{hex(self.state.lanes[lane].next_addrs[slab.size_class] - slab.addr)}, lane {lane}"

    def list_table(self, lane, size_class):
        addrs = self.state.free_list(lane, size_class) if size_class < len(self.state.slot_sizes) else []
        rows = [
            [str(index + 1), self.place(addr), "" if index else "next to be handed out"]
            for index, addr in enumerate(addrs[:LIST_ROWS])
        ]
        return Table(["place in list", "slot", f"of {len(addrs):,}"], rows)

    def lane_table(self, size_class):
        thread_indexes = self.thread_indexes()
        rows = []
        for index, lane in enumerate(self.state.lanes):
            holder = lane.locked_by
            locked = "" if holder is None else self._name(holder, self.n)
            threads = ", ".join(str(thread) for thread, at in sorted(thread_indexes.items()) if at == index)
            # A moment in the prologue may not have all classes yet.
            heads = [(values[size_class : size_class + 1] or [0])[0] for values in (lane.frees, lane.next_addrs)]
            rows.append([str(index), locked, threads, f"{lane.failed_tries:,}", *map(self.target, heads)])
        fields = [f"frees[{size_class}]", f"next_addrs[{size_class}]"]
        return Table(["lane", "locked by", "threads here", "failed tries", *fields], rows)

    def field_table(self):
        """Fields of lanes that hold an address."""
        rows = []
        for index, lane in enumerate(self.state.lanes):
            for size_class, (next_addr, frees) in enumerate(zip(lane.next_addrs, lane.frees, strict=True)):
                if next_addr != 0 or frees != 0:
                    rows.append([str(index), str(size_class), self.target(next_addr), self.target(frees)])
        return Table(["lane", "class", "next_addrs", "frees"], rows)

    def thread_indexes(self):
        """{thread: index into lanes} of every thread of the recording: what it read or set last, 0 before that."""
        indexes = {int(thread): 0 for thread in np.unique(self.events["thread"]) if thread != PROLOGUE}
        before = self.events[: self.n + 1]
        is_index = (before["kind"] == Kind.SET_THREAD_INDEX) | (before["kind"] == Kind.READ_THREAD_INDEX)
        for thread, index in before[is_index & (before["thread"] != PROLOGUE)][["thread", "value"]].tolist():
            indexes[thread] = index
        return indexes

    def large_table(self):
        rows = []
        for block in self.state.large():
            lengths = f"{block.length:,}", f"{self._mapped_len(block):,}"
            name = self._name(block.thread, block.number).removeprefix("thread ")
            rows.append([self.place(block.addr), *lengths, name, f"{block.number:,}"])
        return Table(["at", "bytes asked for", "bytes mapped", "thread", "since event"], rows)

    def _mapped_len(self, block):
        mapping = self.state.mappings.get(block.addr)
        return mapping.length if mapping is not None else 0


def _stretches_of(events, slab_len):
    """Slab places without a gap in which something was ever mapped: list of (first place, places below), by place."""
    made = events[np.isin(events["kind"], [Kind.MAP, Kind.REMAP])]
    is_map = made["kind"] == Kind.MAP
    addrs = np.where(is_map, made["addr"], made["value"])
    lasts = addrs + np.where(is_map, made["length"], made["new_length"]) - 1
    mapped = np.unique(np.stack([addrs, lasts])[:, addrs != 0] // slab_len, axis=1)
    stretches: list[tuple[int, int]] = []
    end = before = 0  # the place after the last stretch; places so far
    for first, last in mapped.T.tolist():
        if not stretches or first > end:
            stretches.append((first, before))
            end = first
        before += max(0, last + 1 - end)
        end = max(end, last + 1)
    return stretches or [(0, 0)]


def _has_no_addr(kind, addr):
    return kind in (Kind.MAP, Kind.RETURN_ALLOC) and addr == 0


def _lanes_taken(steps, lane_count):
    tries = steps[steps["kind"] == Kind.TRY_LOCK]
    taken = tries["lane"][tries["value"] != 0].tolist()
    if not taken:
        return []
    indexes = steps["value"][steps["kind"] == Kind.READ_THREAD_INDEX]
    is_own = len(indexes) > 0 and indexes[0] % lane_count == taken[0]
    name = "why.collided" if tries["value"][0] == 0 else "why.lane.index" if is_own else "why.lane"
    said = [sentence(name, busy=int(tries["lane"][0]), lane=taken[0])]
    return said + [sentence("why.searched", first=taken[0], lane=lane) for lane in taken[1:]]


def marks(events):
    """Moments worth finding: list of (event, index into MARKS), by event."""
    slab_len = int(events["length"][0])
    found = []
    taken: dict[int, int] = {}  # thread -> locks that its call took
    interesting = np.isin(events["kind"], [Kind.MAP, Kind.TRY_LOCK, Kind.RAISE, *_CALLS])
    for n in np.flatnonzero(interesting).tolist():
        kind, thread = events["kind"][n], int(events["thread"][n])
        if kind == Kind.MAP:
            if events["length"][n] == slab_len and thread != PROLOGUE:
                found.append((n, 0))
        elif kind == Kind.RAISE:
            found.append((n, 3))
        elif kind != Kind.TRY_LOCK:
            taken[thread] = 0
        elif events["value"][n] == 0:
            found.append((n, 1))
        else:
            taken[thread] = taken.get(thread, 0) + 1
            if taken[thread] > 1:
                found.append((n, 2))
    return found
