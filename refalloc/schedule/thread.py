"""A simulated thread, as its program sees it: the calls of the allocator, with every block watched.

    def program(thread):
        a = thread.alloc(24)
        thread.free(a)

Each block is filled when it is handed out and verified when it is freed, so that who else writes to it is caught.
A program may also call the text itself, as text.alloc(thread.heap, 24, 3); such blocks are not watched.
"""

import sys
from typing import NamedTuple

from refalloc.schedule.heap import AT_REST
from refalloc.trace.events import Kind

PATTERN = 0xB10C << 48  # the top of a word that fills a block: no address has it


class Block(NamedTuple):
    """A watched live block."""

    length: int  # bytes
    align_log2: int
    thread: int
    pattern: int  # the word that fills it


class SteppedThread:
    """What a program is given.

    Attributes: number: int, 0 for the first program. heap: SteppedHeap. text: the module under test.
                prepared: what prepare returned.
    """

    def __init__(self, run, number):
        self._run = run
        self._block_count = 0
        self.number = number
        self.heap = run.heap
        self.text = run.scenario.text

    @property
    def prepared(self):
        return self._run.prepared

    @property
    def name(self):
        return "prepare" if self.number == AT_REST else f"T{self.number}"

    def alloc(self, length, align_log2=3):
        """A block of `length` bytes at a multiple of 1 << `align_log2`.

        Returns: int; 0 only where map was refused (map_limit).
        """
        if not length >= 1:
            raise ValueError(f"alloc: length is {length!r}; expected 1 byte or more")
        run = self._run
        told = ("alloc", length, align_log2)
        if run.log is not None:
            run.note_call(Kind.CALL_ALLOC, sys._getframe(1), length=length, align_log2=align_log2)
        refusals = self.heap.refusal_count
        addr = self.text.alloc(self.heap, length, align_log2)
        if not isinstance(addr, int):
            self._convict("wrong answer", f"{_told(told)} returned {addr!r}; expected an address, an int")
        if run.log is not None:
            run.note_call(Kind.RETURN_ALLOC, sys._getframe(1), addr=addr, length=length, align_log2=align_log2)
        self._check_unlocked(told)
        if addr == 0:
            if refusals == self.heap.refusal_count:
                self._convict("wrong answer", f"{_told(told)} returned 0, though no map was refused")
            return 0
        self._check_block(told, addr, length, align_log2)
        self._block_count += 1
        self._fill(addr, Block(length, align_log2, self.number, self._pattern()))
        return addr

    def free(self, addr):
        """Give back a block that any thread's alloc returned. Raises ValueError if it is not live."""
        run = self._run
        block = self._verified("free", addr)
        call = {"addr": addr, "length": block.length, "align_log2": block.align_log2}
        if run.log is not None:
            run.note_call(Kind.CALL_FREE, sys._getframe(1), **call)
        self.text.free(self.heap, addr, block.length, block.align_log2)
        if run.log is not None:
            run.note_call(Kind.RETURN_FREE, sys._getframe(1), **call)
        self._check_unlocked(("free", hex(addr), block.length))

    def resize(self, addr, new_length):
        """Change a block's length in place. Returns bool."""
        return self._relength(addr, new_length, "resize", Kind.CALL_RESIZE, Kind.RETURN_RESIZE) != 0

    def remap(self, addr, new_length):
        """Change a block's length, where a large one may move. Returns int, the address now; 0 when refused."""
        return self._relength(addr, new_length, "remap", Kind.CALL_REMAP, Kind.RETURN_REMAP)

    def _relength(self, addr, new_length, name, call_kind, return_kind):
        run = self._run
        block = self._verified(name, addr)
        frame = sys._getframe(2)
        call = {"addr": addr, "length": block.length, "new_length": new_length, "align_log2": block.align_log2}
        if run.log is not None:
            run.note_call(call_kind, frame, **call)
        result = getattr(self.text, name)(self.heap, addr, block.length, new_length, block.align_log2)
        if run.log is not None:
            run.note_call(return_kind, frame, value=int(result), **call)
        told = (name, hex(addr), block.length, new_length)
        self._check_unlocked(told)
        if not result:
            run.live[addr] = block
            return 0
        new_addr = addr if name == "resize" else result
        self._check_block(told, new_addr, new_length, block.align_log2)
        self._fill(new_addr, block._replace(length=new_length))
        return new_addr

    def _pattern(self):
        return PATTERN | (self.number + 1) << 32 | self._block_count

    def _fill(self, addr, block):
        run, heap = self._run, self.heap
        run.live[addr] = block
        for word in _watched_words(addr, block.length):
            if run.log is None and self.number != AT_REST:
                run.writes(word)  # heap.store without its checks: the block was proved to be mapped
                heap.words[word] = block.pattern
            else:
                heap.store(word, block.pattern)

    def _verified(self, call, addr):
        block = self._run.live.pop(addr, None)
        if block is None:
            shown = f"{addr:#x}" if isinstance(addr, int) else repr(addr)
            raise ValueError(f"{call}({shown}): no live block starts there; pass what thread.alloc returned, once")
        for word in _watched_words(addr, block.length):
            found = self.heap.load(word)
            if found != block.pattern:
                self._convict(
                    "overwritten block",
                    f"the word at {word:#x}, in the block of {block.length} bytes at {addr:#x}, is {found:#x}; "
                    f"its owner wrote {block.pattern:#x}",
                )
        return block

    def _check_unlocked(self, told):
        held = self._run.lanes_held(self.number)
        if held:
            lanes = " and ".join(f"lane {lane.index}" for lane in held)
            self._convict("lock kept", f"{_told(told)} returned with {lanes} still locked")

    def _check_block(self, told, addr, length, align_log2):
        if addr % (1 << align_log2) != 0:
            self._convict("wrong answer", f"{_told(told)} returned {addr:#x}, not a multiple of {1 << align_log2}")
        mapping = self.heap.mapping_of(addr)
        if mapping is None or addr + length > sum(mapping):
            where = "which is not mapped" if mapping is None else f"of which the mapping ends at {sum(mapping):#x}"
            self._convict("wrong answer", f"{_told(told)} returned {addr:#x}, {where}")
        for other, block in self._run.live.items():
            if other < addr + length and addr < other + block.length:
                owner = "prepare" if block.thread == AT_REST else f"T{block.thread}"
                if other == addr:
                    self._convict(
                        "double hand-out",
                        f"{_told(told)} returned {addr:#x}, a block that {owner} has and did not free",
                    )
                self._convict(
                    "overlapping blocks",
                    f"{_told(told)} returned {addr:#x}, which overlaps the block of {block.length} bytes at {other:#x} "
                    f"that {owner} has",
                )

    def _convict(self, kind, message):
        self._run.convict(kind, message)
        self._run.throw()


def _told(call):
    """A call, (name, *arguments), in words: made only when something is wrong with it."""
    return f"{call[0]}({', '.join(map(str, call[1:]))})"


def _watched_words(addr, length):
    """The first and the last whole word of a block; none where it is shorter than a word."""
    if length < 8:
        return ()
    last = (addr + length - 8) & ~7
    return (addr,) if last == addr else (addr, last)
