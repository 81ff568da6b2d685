"""What the heap looked like after any event of a recording: slabs, slots, free lists, lanes.

Design. A State takes in events one by one. A Timeline keeps a copy of it every so many events (a keyframe), so that any
moment is one copy and at most that many events away. What can be told from the words is not stored: a free list is
walked, and the slots of a slab are classed, when someone asks.

A slab's class is not an event. It is learnt from the next_addr that points into it, which is at most its end; so the
slab is the one that holds the byte before. A text that lets next_addr point at a slab's first slot is understood too.
Whoever knows the class before may say it in the MAP event; no slot has been handed out then.
"""

import copy
from dataclasses import dataclass, field

import numpy as np

from refalloc.trace.events import EVENT, Kind

KEYFRAME_INTERVAL = 1000  # events: 1 to 2 ms to take in

FRESH, FREE, LIVE, HELD = range(4)  # HELD: taken out and not yet returned, or on its way back

SLOT = np.dtype(
    [
        ("addr", "<u8"),
        ("next_addr", "<u8"),  # the link of a free slot, 0 at the end of the list
        ("length", "<u4"),  # bytes asked for, of a live slot
        ("lane", "<i2"),  # in whose list a free slot is; -1 for none
        ("status", "u1"),  # FRESH, FREE, LIVE or HELD
    ]
)


@dataclass(frozen=True)
class Block:
    """A live block: what a call to alloc handed out."""

    addr: int
    length: int  # bytes asked for
    align_log2: int
    size_class: int  # 13 or more (as many as the text has) for large
    thread: int  # who asked
    number: int  # the event of its RETURN_ALLOC, or of what resized it


@dataclass(frozen=True)
class Mapping:
    """Pages that heap.map gave."""

    addr: int
    length: int  # bytes as asked
    thread: int
    size_class: int = -1  # of its slots, once it is known to be a slab
    is_begun: bool = False  # a next_addr has pointed into it


@dataclass
class LaneState:
    """One lane: fields as in the heap, and who holds its lock."""

    frees: list[int]
    next_addrs: list[int]
    locked_by: int | None = None  # thread
    failed_tries: int = 0  # try_locks of this lane that failed, since recording began


@dataclass
class State:
    """The heap after one event.

    Attributes: number: int, that event; -1 before the first.
                lanes: list of LaneState; mappings: {addr: Mapping}; live: {addr: Block}.
                words: {addr: word}, all that were stored or loaded. thread_indexes: {thread: index into lanes}.
                calls: {thread: event (a tuple in the order of EVENT) of the call that it is in}.
                slab_len, slot_sizes: bytes, as the text has them.
    """

    number: int = -1
    slab_len: int = 0
    slot_sizes: list[int] = field(default_factory=list)
    lanes: list[LaneState] = field(default_factory=list)
    mappings: dict[int, Mapping] = field(default_factory=dict)
    live: dict[int, Block] = field(default_factory=dict)
    words: dict[int, int] = field(default_factory=dict)
    thread_indexes: dict[int, int] = field(default_factory=dict)
    calls: dict[int, tuple] = field(default_factory=dict)

    def copy(self):
        other = copy.copy(self)
        for name in ("slot_sizes", "mappings", "live", "words", "thread_indexes", "calls"):
            setattr(other, name, getattr(self, name).copy())
        other.lanes = [
            LaneState(lane.frees.copy(), lane.next_addrs.copy(), lane.locked_by, lane.failed_tries)
            for lane in self.lanes
        ]
        return other

    def free_list(self, lane, size_class):
        """Addresses in a free list, first to last. A list that comes back to itself ends before it repeats."""
        addrs: dict[int, None] = {}  # in order
        addr = self.lanes[lane].frees[size_class]
        while addr != 0 and addr not in addrs:
            addrs[addr] = None
            addr = self.words.get(addr, 0)
        return list(addrs)

    def slabs(self):
        """Mappings that are known to be slabs, by address."""
        return sorted((m for m in self.mappings.values() if m.size_class >= 0), key=lambda m: m.addr)

    def large(self):
        """Live blocks that are mappings of their own, by address."""
        blocks = (b for b in self.live.values() if b.size_class >= len(self.slot_sizes))
        return sorted(blocks, key=lambda b: b.addr)

    def slots(self, slab):
        """The slots of the slab at address `slab`: array of SLOT, by address. Raises KeyError if it is none."""
        mapping = self.mappings[slab]
        if mapping.size_class < 0:
            raise KeyError(f"the mapping at {slab:#x} is not known to be a slab; slabs() lists those that are")
        return self.slots_of([mapping])[0]

    def slots_of(self, slabs):
        """The slots of each of `slabs`, list of Mapping as slabs() gives them: list of arrays, as of slots().

        Each free list is walked once, however many slabs there are.
        """
        found = [self._slots_handed_out(slab) for slab in slabs]
        for size_class in sorted({slab.size_class for slab in slabs}):
            for lane in range(len(self.lanes)):
                addrs = np.sort(np.array(self.free_list(lane, size_class), np.uint64))
                for slab, slots in zip(slabs, found, strict=True):
                    if slab.size_class == size_class:
                        self._add_free(slab, slots, lane, _part_in(addrs, slab))
        live = np.sort(np.fromiter(self.live, np.uint64, len(self.live)))
        for slab, slots in zip(slabs, found, strict=True):
            self._add_live(slab, slots, _part_in(live, slab))
        return found

    def _slots_handed_out(self, slab):
        """The slots of a slab with none free and none live."""
        size = self.slot_sizes[slab.size_class]
        slots = np.zeros(slab.length // size, SLOT)
        slots["addr"] = np.arange(slab.addr, slab.addr + len(slots) * size, size, dtype=np.uint64)
        slots["lane"] = -1
        slots["status"][: self._handed_out(slab, size)] = HELD
        return slots

    def _add_free(self, slab, slots, lane, addrs):
        """Enter what a free list of `lane` has in the slab."""
        places = (addrs - slab.addr) // self.slot_sizes[slab.size_class]
        addrs = addrs[places < len(slots)]  # what is left over at the end of a slab is no slot
        places = places[places < len(slots)]
        slots["addr"][places], slots["lane"][places], slots["status"][places] = addrs, lane, FREE
        slots["next_addr"][places] = [self.words.get(addr, 0) for addr in addrs.tolist()]

    def _add_live(self, slab, slots, addrs):
        """Enter the blocks that lie at slots of the slab."""
        places, rests = np.divmod(addrs - slab.addr, self.slot_sizes[slab.size_class])
        is_slot = (rests == 0) & (places < len(slots))
        places = places[is_slot]
        slots["status"][places] = LIVE
        slots["length"][places] = [self.live[addr].length for addr in addrs[is_slot].tolist()]

    def bump_lane(self, slab):
        """Index of the lane whose next_addr lies in the Mapping `slab`; None for none."""
        before = self.mappings.get(slab.addr - self.slab_len)
        # Where one slab ends and another begins, a next_addr is the end of the first, which it used up.
        is_end = before is not None and before.size_class == slab.size_class
        for index, lane in enumerate(self.lanes):
            offset = lane.next_addrs[slab.size_class] - slab.addr
            if is_end <= offset < slab.length:
                return index
        return None

    def _handed_out(self, slab, size):
        """How many slots have been handed out, all if no lane's next_addr lies in the slab any more."""
        lane = self.bump_lane(slab)
        if lane is not None:
            return (self.lanes[lane].next_addrs[slab.size_class] - slab.addr) // size
        return slab.length // size if slab.is_begun else 0

    def take_in(self, event):
        """Go on by one event, a tuple in the order of EVENT."""
        self.number = event[_NUMBER]
        handler = _HANDLERS.get(event[_KIND])
        if handler is not None:
            handler(self, *event)

    # One method for each kind of event that changes the state; the arguments are the fields of EVENT.

    def _heap(self, addr, value, length, *_):
        self.slab_len = length
        self.lanes = [LaneState([], []) for _ in range(value)]

    def _class(self, addr, value, *_):
        self.slot_sizes.append(value)
        for lane in self.lanes:
            lane.frees.append(0)
            lane.next_addrs.append(0)

    def _word(self, addr, value, *_):
        self.words[addr] = value

    def _frees(self, addr, value, length, new_length, number, line, thread, lane, kind, size_class, *_):
        self.lanes[lane].frees[size_class] = value

    def _next_addr(self, addr, value, length, new_length, number, line, thread, lane, kind, size_class, *_):
        self.lanes[lane].next_addrs[size_class] = value
        if value == 0:
            return
        slab = (value - 1) // self.slab_len * self.slab_len
        if slab not in self.mappings or self.mappings[slab].size_class not in (-1, size_class):
            slab = value
        mapping = self.mappings.get(slab)
        if mapping is not None and not (mapping.is_begun and mapping.size_class == size_class):
            self.mappings[slab] = Mapping(slab, mapping.length, mapping.thread, size_class, is_begun=True)

    def _try_lock(self, addr, value, length, new_length, number, line, thread, lane, *_):
        if value:
            self.lanes[lane].locked_by = thread
        else:
            self.lanes[lane].failed_tries += 1

    def _unlock(self, addr, value, length, new_length, number, line, thread, lane, *_):
        self.lanes[lane].locked_by = None

    def _thread_index(self, addr, value, length, new_length, number, line, thread, *_):
        self.thread_indexes[thread] = value

    def _map(self, addr, value, length, new_length, number, line, thread, lane, kind, size_class, *_):
        if addr != 0:
            self.mappings[addr] = Mapping(addr, length, thread, size_class)

    def _unmap(self, addr, *_):
        self.mappings.pop(addr, None)

    def _remap(self, addr, value, length, new_length, number, line, thread, *_):
        if value != 0:
            self.mappings.pop(addr, None)
            self.mappings[value] = Mapping(value, new_length, thread)

    def _call(self, *event):
        self.calls[event[_THREAD]] = event
        if event[_KIND] == Kind.CALL_FREE:
            self.live.pop(event[0], None)

    def _return(self, *event):
        addr, value, length, new_length, number, _, thread, _, kind, size_class, align_log2, _ = event
        self.calls.pop(thread, None)
        if kind == Kind.RETURN_ALLOC and addr != 0:
            self.live[addr] = Block(addr, length, align_log2, size_class, thread, number)
        elif kind in (Kind.RETURN_RESIZE, Kind.RETURN_REMAP) and value != 0:
            self.live.pop(addr, None)
            new_addr = addr if kind == Kind.RETURN_RESIZE else value
            self.live[new_addr] = Block(new_addr, new_length, align_log2, size_class, thread, number)


def _part_in(addrs, slab):
    """Those of `addrs`, sorted, that lie in a Mapping."""
    first, end = np.searchsorted(addrs, np.array([slab.addr, slab.addr + slab.length], np.uint64))
    return addrs[first:end]


assert EVENT.names is not None
_NUMBER, _THREAD, _KIND = (EVENT.names.index(name) for name in ("number", "thread", "kind"))
_HANDLERS = {
    Kind.HEAP: State._heap,
    Kind.CLASS: State._class,
    Kind.LOAD: State._word,
    Kind.STORE: State._word,
    Kind.WRITE_FREES: State._frees,
    Kind.WRITE_NEXT_ADDR: State._next_addr,
    Kind.TRY_LOCK: State._try_lock,
    Kind.UNLOCK: State._unlock,
    Kind.SET_THREAD_INDEX: State._thread_index,
    Kind.MAP: State._map,
    Kind.UNMAP: State._unmap,
    Kind.REMAP: State._remap,
    Kind.CALL_ALLOC: State._call,
    Kind.CALL_FREE: State._call,
    Kind.CALL_RESIZE: State._call,
    Kind.CALL_REMAP: State._call,
    Kind.RETURN_ALLOC: State._return,
    Kind.RETURN_FREE: State._return,
    Kind.RETURN_RESIZE: State._return,
    Kind.RETURN_REMAP: State._return,
    Kind.RAISE: State._return,
}


class Timeline:
    """All moments of one recording.

    Args:    events: array of EVENT from its prologue on; interval: int, events between keyframes.
    """

    def __init__(self, events, interval=KEYFRAME_INTERVAL):
        if events.dtype != EVENT:
            raise TypeError(f"events are {events.dtype}; expected an array of EVENT, as EventLog.recording() gives it")
        self.events = events
        self.interval = interval
        self._keyframes = [State()]  # keyframe k is the state before event k * interval
        state = State()
        for start in range(0, len(events) - interval, interval):
            self._run(state, start, start + interval)
            self._keyframes.append(state.copy())

    def state_at(self, n):
        """The State after event `n`, the caller's own copy.

        Args:    n: int, -1 <= n < len(events); -1 is before the first.
        Raises:  IndexError.
        """
        if not -1 <= n < len(self.events):
            raise IndexError(f"no event {n}; the recording has events 0 to {len(self.events) - 1}")
        keyframe = (n + 1) // self.interval
        keyframe = min(keyframe, len(self._keyframes) - 1)
        state = self._keyframes[keyframe].copy()
        self._run(state, keyframe * self.interval, n + 1)
        return state

    def _run(self, state, start, stop):
        for event in self.events[start:stop].tolist():
            state.take_in(event)


_recent: list[Timeline] = []  # of the recordings that were looked at last; few, since each keeps its array alive


def state_at(events, n):
    """The State after event `n` of `events`. The first call for an array takes it all in; later ones, keyframes.

    Args:    events: array of EVENT from its prologue on, not to be changed; n: int, -1 <= n < len(events).
    Raises:  IndexError.
    """
    for timeline in _recent:
        if timeline.events is events:
            return timeline.state_at(n)
    _recent.insert(0, Timeline(events))
    del _recent[4:]
    return _recent[0].state_at(n)
