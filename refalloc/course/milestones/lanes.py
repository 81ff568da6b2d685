"""The allocator of milestone 11: many lanes and threads, put together of the functions of exercises 04.1 to 11.3.

lock        09.1 takes a lane; it is what the other exercises import as refalloc's lock
alloc       04.1 says which class, 11.1 gives a slot
free        05.1 pushes, 09.2 gives back many at once
count       10.1 counts, lane by lane, what was handed out
fetch       11.2 moves a free list from lane to lane
give_back   11.3 unmaps what is empty
"""

from types import SimpleNamespace

from refalloc import allocator
from refalloc.course.milestones.assembly import CLASSES, LARGE, LIST, MIN_SLOT, SLAB_LEN
from refalloc.course.milestones.pieces import REFALLOCS

LINK_OFFSET = 0  # where alloc of 11.1 looks for it
STRIDE = 1
COUNTER_DISTANCE = 64  # bytes from lane to lane: a line


class LaneAssembly:
    """Args: own: {exercise id: its functions as attributes}, the learner's; refalloc's are taken for the others."""

    def __init__(self, own):
        pieces = self._refallocs() | own
        self._classes, self._list, self._lanes = pieces["04.1"], pieces["05.1"], pieces["09.1"]
        self._many, self._searching = pieces["09.2"], pieces["11.1"]
        self._counting, self._fetching, self._giving = (own.get(piece) for piece in ("10.1", "11.2", "11.3"))

    def _refallocs(self):
        return {
            "04.1": CLASSES,
            "05.1": LIST,
            "09.1": SimpleNamespace(take_lane=lambda heap, stride: REFALLOCS["lock"](heap).index),
            "09.2": SimpleNamespace(free_all=self._free_one_by_one),
            "11.1": SimpleNamespace(alloc=self._search_one),
        }

    def lock(self, heap):
        return heap.lanes[self._lanes.take_lane(heap, STRIDE)]

    def size_class(self, length, align_log2):
        return self._classes.size_class(length, 1 << align_log2, MIN_SLOT)

    def alloc(self, heap, length, align_log2):
        size_class = self.size_class(length, align_log2)
        if size_class >= LARGE:
            return heap.map(length, align_log2)
        return self._searching.alloc(heap, size_class, self._classes.slot_size(size_class, MIN_SLOT), SLAB_LEN)

    def free(self, heap, addr, length, align_log2):
        size_class = self.size_class(length, align_log2)
        if size_class >= LARGE:
            heap.unmap(addr, length)
        else:
            self._free_one_by_one(heap, [addr], size_class, LINK_OFFSET)

    def free_all(self, heap, addrs, length, align_log2):
        """Free blocks of one class, that of `length`, not large."""
        self._many.free_all(heap, addrs, self.size_class(length, align_log2), LINK_OFFSET)

    def count(self, heap, counters, length):
        if self._counting is not None:
            self._counting.count(heap, counters, COUNTER_DISTANCE, length)

    def total(self, heap, counters):
        """Bytes counted; None where nobody counts."""
        return None if self._counting is None else self._counting.total(heap, counters, COUNTER_DISTANCE)

    def fetch(self, heap, length, align_log2):
        size_class = self.size_class(length, align_log2)
        if self._fetching is not None and size_class < LARGE:
            self._fetching.fetch(heap, size_class, LINK_OFFSET)

    def give_back(self, heap):
        """Unmap all slabs without a live block; the caller holds all lanes. Returns bytes; None where nobody does."""
        if self._giving is None:
            return None
        slots = [self._classes.slot_size(size_class, MIN_SLOT) for size_class in range(LARGE)]
        return sum(
            self._giving.give_back(heap, size_class, slot_len, SLAB_LEN, 0) for size_class, slot_len in enumerate(slots)
        )

    def _free_one_by_one(self, heap, addrs, size_class, link_offset):
        for addr in addrs:
            lane = self.lock(heap)
            self._list.push(heap, lane, size_class, addr, link_offset)
            heap.unlock(lane)

    def _search_one(self, heap, size_class, slot_len, slab_len):  # refalloc looks into one other lane
        lane = self.lock(heap)
        slot = _slot_of(heap, lane, size_class, slot_len, slab_len)
        if slot == 0:
            heap.unlock(lane)
            lane = allocator.lock_next(heap)
            slot = _slot_of(heap, lane, size_class, slot_len, slab_len)
        if slot == 0:
            slot = heap.map(slab_len, slab_len.bit_length() - 1)
            if slot != 0:
                lane.next_addrs[size_class] = slot + slot_len
        heap.unlock(lane)
        return slot


def _slot_of(heap, lane, size_class, slot_len, slab_len):
    """A slot that `lane`, which is locked, has; 0 for none."""
    top = lane.frees[size_class]
    if top != 0:
        lane.frees[size_class] = heap.load(top)
        return top
    fresh = lane.next_addrs[size_class]
    if fresh % slab_len == 0:
        return 0
    lane.next_addrs[size_class] = fresh + slot_len
    return fresh
