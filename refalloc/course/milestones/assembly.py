"""The allocator of milestone 07: one lane, put together of the functions of exercises 04.1 to 07.2.

    alloc     04.1 says which class, 05.1 pops, and 06.1 gives a fresh slot when the list is empty
    free      05.1 pushes
    resize    07.1 says what can be done
    realloc   07.2, on top of those

The exercises' knobs are not refalloc's: the smallest slot has 16 bytes, the link lies 8 bytes into a slot, and slabs
are short, so that many are used up.
"""

from bisect import bisect_left
from types import SimpleNamespace

from refalloc import allocator
from refalloc.arena import PAGE_LEN

SLAB_LEN = 16 << 10
MIN_SLOT = 16
LINK_OFFSET = 8
SLOTS = [MIN_SLOT << power for power in range((SLAB_LEN // 2 // MIN_SLOT).bit_length())]
LARGE = len(SLOTS)  # the first class that no slot belongs to
MIN_CLASS = allocator.size_class_index(MIN_SLOT, 0)  # refalloc's class of the smallest slot here


class Assembly:
    """Args: heap: of one lane; own: {exercise id: its functions as attributes}, the learner's; refalloc's are taken for
    the exercises that are not in it.

    Attributes: slab_counts, slot_counts: list of int, of each class how many slabs were mapped, and how many of their
                slots were handed out for the first time.
    """

    def __init__(self, heap, own):
        self._heap = heap
        pieces = refallocs(self) | own
        self._classes, self._list, self._slab = pieces["04.1"], pieces["05.1"], pieces["06.1"]
        self.slab_counts, self.slot_counts = [0] * LARGE, [0] * LARGE
        self._resizing, self._moving = pieces["07.1"], pieces["07.2"]

    def size_class(self, length, align_log2):
        return self._classes.size_class(length, 1 << align_log2, MIN_SLOT)

    def alloc(self, heap, length, align_log2):
        size_class = self.size_class(length, align_log2)
        if size_class >= LARGE:
            return heap.map(length, align_log2)
        [lane] = heap.lanes
        slot = self._list.pop(heap, lane, size_class, LINK_OFFSET)
        if slot != 0:
            return slot
        return self._fresh_slot(heap, lane, size_class)

    def _fresh_slot(self, heap, lane, size_class):
        mapped_len = heap.mapped_len
        slot = self._slab.next_slot(heap, lane, size_class, self._classes.slot_size(size_class, MIN_SLOT), SLAB_LEN)
        self.slab_counts[size_class] += heap.mapped_len != mapped_len
        self.slot_counts[size_class] += slot != 0
        return slot

    def free(self, heap, addr, length, align_log2):
        size_class = self.size_class(length, align_log2)
        if size_class >= LARGE:
            heap.unmap(addr, length)
        else:
            self._list.push(heap, heap.lanes[0], size_class, addr, LINK_OFFSET)

    def resize(self, heap, addr, length, new_length, align_log2):
        answer = self._resizing.answer(length, new_length, SLOTS, PAGE_LEN)
        return answer == "done" or (answer == "system" and heap.remap(addr, length, new_length, may_move=False) != 0)

    def remap(self, heap, addr, length, new_length, align_log2):
        if self.resize(heap, addr, length, new_length, align_log2):
            return addr
        if min(self.size_class(length, align_log2), self.size_class(new_length, align_log2)) < LARGE:
            return 0
        return heap.remap(addr, length, new_length, may_move=True)

    def realloc(self, addr, length, new_length):
        return self._moving.realloc(self._heap, addr, length, new_length)


def refallocs(assembly):
    """{exercise id: functions as attributes}: what refalloc does in the place of each piece."""
    return {
        "04.1": CLASSES,
        "05.1": LIST,
        "06.1": SimpleNamespace(next_slot=_next_slot),
        "07.1": SimpleNamespace(answer=_answer),
        "07.2": SimpleNamespace(realloc=_realloc_of(assembly)),
    }


def _slot_size(size_class, min_slot):
    return allocator.slot_size(size_class + MIN_CLASS)


def _size_class(length, alignment, min_slot):
    return allocator.size_class_index(max(length, min_slot), alignment.bit_length() - 1) - MIN_CLASS


def _push(heap, lane, size_class, slot, link_offset):  # refalloc's link is the first word
    heap.store(slot, lane.frees[size_class])
    lane.frees[size_class] = slot


def _pop(heap, lane, size_class, link_offset):
    top = lane.frees[size_class]
    if top != 0:
        lane.frees[size_class] = heap.load(top)
    return top


CLASSES = SimpleNamespace(slot_size=_slot_size, size_class=_size_class)
LIST = SimpleNamespace(push=_push, pop=_pop)


def _next_slot(heap, lane, size_class, slot_len, slab_len):  # refalloc goes upward
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
        if slot == 0:
            return 0
    lane.next_addrs[size_class] = slot + slot_len
    return slot


def _answer(length, new_length, slots, page_len):
    place, new_place = bisect_left(slots, length), bisect_left(slots, new_length)
    if place != new_place:
        return "refused"
    return "done" if place < len(slots) else "system"


def _realloc_of(assembly):
    def realloc(heap, addr, length, new_length):
        if assembly.resize(heap, addr, length, new_length, 3):
            return addr
        new_addr = assembly.alloc(heap, new_length, 3)
        if new_addr != 0:
            for offset in range(0, min(length, new_length), allocator.WORD_LEN):
                heap.store(new_addr + offset, heap.load(addr + offset))
            assembly.free(heap, addr, length, 3)
        return new_addr

    return realloc
