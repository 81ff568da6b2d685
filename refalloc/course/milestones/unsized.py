"""C's interface on the interpreted heap: malloc, and a free that gets no length.

The text wants a length when it frees, and 14.1 finds one in the chunk table. The table is filled as an exported library
fills it (native/library.py): the heap knows which alloc it maps pages for, and resize, asked on a heap that refuses all
pages, says up to which length the slot stays the same.
"""

from types import SimpleNamespace

from refalloc import allocator
from refalloc.student import StudentHeap

ALIGN_LOG2 = 4  # malloc's: 16 bytes
NO_BLOCK = 4096  # an address of none; not 0, which is what a refusing heap's remap answers
LONGEST_LOG2 = 40  # no slot is as long


class RefusingHeap(StudentHeap):
    """A heap without pages."""

    def map(self, length, align_log2):
        return 0

    def remap(self, addr, length, new_length, may_move):
        return 0


class ChunkHeap(StudentHeap):
    """A heap whose mappings begin where a chunk begins; `note(addr, length)` is told of each, 0 when it is unmapped."""

    chunk_log2 = 0

    def map(self, length, align_log2):
        addr = super().map(length, max(align_log2, self.chunk_log2))
        if addr != 0:
            self.note(addr, length)
        return addr

    def unmap(self, addr, length):
        self.note(addr, 0)
        super().unmap(addr, length)

    def note(self, addr, length):
        pass


class Unsized:
    """An allocator for play.Player, whose free does not look at the length that it is given.

    Args: pieces: Pieces; own: {exercise id: its functions}; refalloc's are taken for those that are not in it.
    Attributes: heap: ChunkHeap; table: list of int, as exercise 14.1 has it, from address `base` on; chunk_len: int,
                bytes; frees: int, how many there were; is_asked: bool, whether usable is the learner's.
    """

    def __init__(self, pieces, own):
        self._text = own.get("12.1", allocator)
        self.is_asked = "14.1" in own
        self._usable = own.get("14.1", BY_CHUNK).usable
        self._refusing = pieces.new_heap(kind=RefusingHeap)
        self.heap = pieces.new_heap(2, ChunkHeap)
        self.chunk_len = _slab_len(self._text, pieces.new_heap(2))
        self.heap.chunk_log2 = self.chunk_len.bit_length() - 1
        self.heap.note = self._note
        self.base = self.heap.arena_addr // self.chunk_len * self.chunk_len
        self.table: list[int] = []
        self.frees = 0
        self._asked = 0

    def alloc(self, heap, length, align_log2):
        self._asked = length
        return self._text.alloc(heap, length, ALIGN_LOG2)

    def free(self, heap, addr, *_):
        self.frees += 1
        self._text.free(heap, addr, self.usable(addr), ALIGN_LOG2)

    @property
    def end(self):
        """The first address behind the table."""
        return self.base + len(self.table) * self.chunk_len

    def usable(self, addr):
        """What 14.1 says of an address of the heap."""
        return self._usable(self.table, self.chunk_len, addr - self.base)

    def _note(self, addr, length):
        """Write the entries of the mapping at `addr`; a length of 0 clears the entry."""
        first = (addr - self.base) // self.chunk_len
        room = self._room() if length else 0
        count = -(-length // self.chunk_len) if room else 1
        self.table += [0] * (first + count - len(self.table))
        self.table[first : first + count] = [room or -length] * count

    def _room(self):
        """The longest length for which the text takes the slot of what is asked for; 0 when that is large."""
        if not self._same_slot(self._asked):
            return 0
        fits, too_long = self._asked, self._asked + 1
        while too_long < 1 << LONGEST_LOG2 and self._same_slot(too_long):
            fits, too_long = too_long, 2 * too_long
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            fits, too_long = (middle, too_long) if self._same_slot(middle) else (fits, middle)
        return fits

    def _same_slot(self, length):
        return self._text.resize(self._refusing, NO_BLOCK, self._asked, length, ALIGN_LOG2)


def expected_usable(table, chunk_len, addr):
    """What 14.1 is to give."""
    chunk, offset = divmod(addr, chunk_len)
    entry = table[chunk] if 0 <= chunk < len(table) else 0
    if entry < 0:
        return -entry if offset == 0 else 0
    return 0 if entry == 0 or offset % entry or offset + entry > chunk_len else entry


def _by_chunk(table, chunk_len, addr):
    """What a library does: it takes the address for a block's, wherever in its slab the text has put it."""
    return abs(table[addr // chunk_len])


BY_CHUNK = SimpleNamespace(usable=_by_chunk)


def _slab_len(text, heap):
    """A slab of the text, rounded up to a power of two; bytes."""
    text.alloc(heap, 64, ALIGN_LOG2)
    return max((1 << (length - 1).bit_length() for _, length in heap.mappings()), default=allocator.SLAB_LEN)
