"""Is this heap sound? The proof, from the bytes of the memory and a list of the live blocks.

What is proved, for a heap at rest (no thread inside the allocator):
    no lane is locked;
    slabs are aligned to SLAB_LEN, and each has slots of one class;
    every slot of every slab is exactly one of live, free in one lane's list once, or not yet handed out;
    the links of a free list lead to slots of its class, and end;
    every live block is a slot of its class, or large and a mapping of its own; so no two overlap;
    every mapping is a slab or a live large block: nothing is lost.

What is not: that the contents of live blocks are whole (replay fills and verifies them).
"""

from refalloc.allocator import SIZE_CLASS_COUNT, SLAB_LEN, size_class_index, slot_size


class InvariantError(AssertionError):
    """The heap is not sound; the message says what is wrong, with the addresses."""


def check_invariants(heap, live):
    """Prove `heap` sound, or raise.

    Args:    heap: any heap of 13 power-of-two classes, with `mappings()`; at rest.
             live: iterable of (addr, length, align_log2), the blocks that have been handed out and not freed.
    Raises:  InvariantError.
    Locks:   each lane for a moment; none on return.
    """
    _Proof(heap, list(live)).run()


class _Proof:
    def __init__(self, heap, live):
        self.heap = heap
        self.live = live
        self.slot_owner = {}  # addr -> what the slot is, in words
        self.class_of_slab = {}
        self.reason_for_class = {}  # slab -> what told its class, in words
        self.mappings = dict(heap.mappings())

    def run(self):
        self.check_lanes_are_free()
        large: list[tuple[int, int, int]] = []
        small: list[tuple[int, int, int]] = []
        for addr, length, align_log2 in self.live:
            if addr % (1 << align_log2) != 0:
                raise InvariantError(f"live block {addr:#x} is not at a multiple of its alignment, {1 << align_log2}")
            size_class = size_class_index(length, align_log2)
            (small if size_class < SIZE_CLASS_COUNT else large).append((addr, length, size_class))
        self.check_large(large)
        fresh = self.claim_fresh()
        for addr, length, size_class in small:
            self.claim(addr, size_class, f"live ({length} bytes)")
        for index, lane in enumerate(self.heap.lanes):
            for size_class in range(SIZE_CLASS_COUNT):
                self.walk(index, lane, size_class)
        self.check_nothing_lost(fresh)

    def check_lanes_are_free(self):
        for index, lane in enumerate(self.heap.lanes):
            if not self.heap.try_lock(lane):
                raise InvariantError(
                    f"lane {index} is still locked; every path out of the allocator unlocks what it locked"
                )
            self.heap.unlock(lane)

    def check_large(self, large):
        for addr, length, _ in large:
            mapped_len = self.mappings.pop(addr, None)
            if mapped_len is None:
                raise InvariantError(f"live large block {addr:#x} ({length} bytes) is not a mapping of its own")
            if not length <= mapped_len:
                raise InvariantError(f"live large block {addr:#x} has {length} bytes, its mapping only {mapped_len}")

    def claim_fresh(self):
        """Learn from next_addrs which slots are not yet handed out: {slab: address of the first of them}."""
        fresh = {}
        for index, lane in enumerate(self.heap.lanes):
            for size_class in range(SIZE_CLASS_COUNT):
                next_addr = lane.next_addrs[size_class]
                if next_addr % SLAB_LEN == 0:
                    continue
                where = f"next_addrs[{size_class}] of lane {index}"
                slab = self.slab_of(next_addr, size_class, where)
                if slab in fresh:
                    raise InvariantError(
                        f"{where} is {next_addr:#x}, in slab {slab:#x}, which another lane hands out too"
                    )
                fresh[slab] = next_addr
        return fresh

    def slab_of(self, addr, size_class, what):
        """The slab that a slot of `size_class` at `addr` lies in, once it is proved that one can."""
        slab = addr - addr % SLAB_LEN
        if self.mappings.get(slab) != SLAB_LEN:
            raise InvariantError(
                f"{what}: {addr:#x} lies in no slab; no mapping of {SLAB_LEN} bytes starts at {slab:#x}"
            )
        offset = addr - slab
        if offset % slot_size(size_class) != 0:
            raise InvariantError(
                f"{what}: {addr:#x} is {offset} bytes into slab {slab:#x}, inside a slot of class {size_class} "
                f"({slot_size(size_class)} bytes)"
            )
        known = self.class_of_slab.setdefault(slab, size_class)
        reason = self.reason_for_class.setdefault(slab, what)
        if known != size_class:
            raise InvariantError(
                f"slab {slab:#x} has slots of class {known} ({reason}) and of class {size_class} ({what})"
            )
        return slab

    def claim(self, addr, size_class, what):
        self.slab_of(addr, size_class, what)
        other = self.slot_owner.get(addr)
        if other is not None:
            raise InvariantError(f"slot {addr:#x} of class {size_class} is both {other} and {what}")
        self.slot_owner[addr] = what

    def walk(self, index, lane, size_class):
        addr = lane.frees[size_class]
        what = f"free in lane {index}"
        while addr != 0:
            self.claim(addr, size_class, what)  # a list that comes back to itself claims a slot twice
            addr = self.heap.load(addr)

    def check_nothing_lost(self, fresh):
        for slab, length in sorted(self.mappings.items()):
            size_class = self.class_of_slab.get(slab)
            if size_class is None:
                raise InvariantError(
                    f"mapping {slab:#x} ({length} bytes) is lost: neither a slab in use nor a live block"
                )
            size = slot_size(size_class)
            for addr in range(slab, fresh.get(slab, slab + SLAB_LEN), size):
                if addr not in self.slot_owner:
                    raise InvariantError(
                        f"slot {addr:#x} of class {size_class} is lost: handed out, neither live nor in a free list"
                    )
        for addr, owner in self.slot_owner.items():
            slab = addr - addr % SLAB_LEN
            if slab in fresh and addr >= fresh[slab]:
                raise InvariantError(
                    f"slot {addr:#x} of class {self.class_of_slab[slab]} is {owner}, but not yet handed out: "
                    f"next_addr is {fresh[slab]:#x}"
                )
