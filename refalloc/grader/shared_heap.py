"""A heap that judge and worker share: the worker writes the true bytes, and the judge reads those, no report of them.

One memory file: a table, then the arena. The file is sealed, so that the worker cannot cut it off under the judge.

    table   for each lane its next_addrs, its frees and whether it is locked; then the thread index
    arena   ARENA_LEN bytes; an address is a label, the same on both sides, that starts at FIRST_ADDR

What is mapped is not in it: pages belong to the judge (JudgeHeap), and the worker asks for them (mirror.py).
"""

import fcntl
import mmap
import os
from collections.abc import MutableSequence

from refalloc.arena import whole_pages
from refalloc.heap import CLASS_CAPACITY, Lane
from refalloc.student import ARENA_LEN, StudentHeap

FIRST_ADDR = 0x5000_0000_0000  # of heap 0; no program of this machine has anything there that matters
HEAP_STEP = 1 << 32  # from a heap's first address to the next one's
LANE_WORDS = 2 * CLASS_CAPACITY + 1
F_ADD_SEALS, SEAL_SEAL, SEAL_SHRINK, SEAL_GROW = 1033, 1, 2, 4  # linux/fcntl.h


class SharedWords(MutableSequence):
    """Words of the table that behave as the list of a Lane does; of a fixed length."""

    def __init__(self, words):
        self._words = words

    def __len__(self):
        return len(self._words)

    def __getitem__(self, index):
        found = self._words[index]
        return list(found) if isinstance(index, slice) else found

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            for place, word in zip(range(*index.indices(len(self))), value, strict=True):
                self._words[place] = word
        else:
            self._words[index] = value

    def __delitem__(self, index):
        raise TypeError("the entries of a lane cannot be deleted; set one to 0")

    def insert(self, index, value):
        raise TypeError("a lane has one entry for each class; set it")

    def __eq__(self, other):
        return list(self._words) == list(other) if isinstance(other, list | SharedWords) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        return repr(list(self._words))


class SharedToken:
    """The lock of a lane, as heap.Lane has it: something to pop when it is free."""

    def __init__(self, word):
        self._word = word  # memoryview of one word; 1 when the lane is locked

    def __bool__(self):
        return not self._word[0]

    def pop(self):
        if self._word[0]:
            raise IndexError("the lane is locked")
        self._word[0] = 1
        return True

    def append(self, _):
        self._word[0] = 0


class SharedLane(Lane):
    """A lane whose fields lie in the table."""

    def __init__(self, heap_number, index, words):
        super().__init__(index)
        self.heap_number = heap_number
        self.next_addrs = SharedWords(words[:CLASS_CAPACITY])  # type: ignore[assignment]
        self.frees = SharedWords(words[CLASS_CAPACITY : 2 * CLASS_CAPACITY])  # type: ignore[assignment]
        self.token = SharedToken(words[2 * CLASS_CAPACITY :])  # type: ignore[assignment]


class SharedHeap(StudentHeap):
    """A heap over a memory file.

    Args: number: int, names it on both sides; lane_count: int; descriptor: of the file; it may be closed after.
    """

    def __init__(self, number, lane_count, descriptor):
        self.number = number
        self._table_len = table_len(lane_count)
        self._file = mmap.mmap(descriptor, self._table_len + ARENA_LEN)
        super().__init__(lane_count, ARENA_LEN)
        table = memoryview(self._file)[: self._table_len].cast("Q")
        self.lanes = tuple(  # type: ignore[misc]  # Final, but nobody has the heap yet
            SharedLane(number, index, table[index * LANE_WORDS : (index + 1) * LANE_WORDS])
            for index in range(lane_count)
        )
        self._index_word = table[lane_count * LANE_WORDS : lane_count * LANE_WORDS + 1]

    @property
    def thread_index(self):
        return self._index_word[0]

    def set_thread_index(self, index):
        self._index_word[0] = index

    def _reserve(self):
        self.arena_addr = FIRST_ADDR + self.number * HEAP_STEP
        self._bytes = memoryview(self._file)[self._table_len :]

    def _forget(self, offset, length):
        self._bytes[offset : offset + length] = bytes(length)


class JudgeHeap(SharedHeap):
    """The judge's end: makes the file, and has the say about pages.

    Args:       note_news: called when there is something of this heap that the worker does not know.
    Attributes: descriptor: int, of the file, open while the heap lives; has_changed: bool, whether a check has changed
                what is mapped since the worker was told.
    """

    def __init__(self, number, lane_count, note_news):
        self._note_news = note_news
        self.descriptor = os.memfd_create("refalloc-heap", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.descriptor, table_len(lane_count) + ARENA_LEN)
        fcntl.fcntl(self.descriptor, F_ADD_SEALS, SEAL_SEAL | SEAL_SHRINK | SEAL_GROW)
        super().__init__(number, lane_count, self.descriptor)
        self.has_changed = False
        self._is_for_worker = False

    def __del__(self):
        os.close(self.descriptor)
        self._note_news()

    def change_for_worker(self, operation, args):
        """Do what the worker asks: it knows what became of it."""
        self._is_for_worker = True
        try:
            return getattr(self, operation)(*args)
        finally:
            self._is_for_worker = False

    def _take(self, *args):
        self._note_change()
        super()._take(*args)

    def _give_back(self, *args):
        self._note_change()
        super()._give_back(*args)

    def _note_change(self):
        if not self._is_for_worker:
            self.has_changed = True
            self._note_news()


def table_len(lane_count):
    """Bytes of the table, whole pages."""
    return whole_pages(8 * (lane_count * LANE_WORDS + 1))
