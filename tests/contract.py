"""What every machine has to do: one suite, called for each heap and each text of an allocator.

A rule is a function of `make`: make(lane_count) gives a new Machine, and make.refusing_pages(heap) is a context in
which heap.map gives 0. Rules look at the heap through the members that the text uses, and through view and mappings.
"""

import random

from refalloc.allocator import SLAB_LEN
from refalloc.check import check_invariants

LARGEST_SLOT = SLAB_LEN // 2
RULES = []


class Machine:
    """An allocator's functions on a heap, with a table of what is live.

    Args:    text: anything with alloc, free, resize and remap, each taking a heap first; heap: any heap.
    """

    def __init__(self, text, heap):
        self.text = text
        self.heap = heap
        self.live = {}  # addr -> (length, align_log2)

    def alloc(self, length, align_log2=0):
        addr = self.text.alloc(self.heap, length, align_log2)
        if addr != 0:
            assert addr not in self.live, f"{addr:#x} is handed out twice"
            self.live[addr] = (length, align_log2)
        return addr

    def free(self, addr):
        self.text.free(self.heap, addr, *self.live.pop(addr))

    def resize(self, addr, new_length):
        length, align_log2 = self.live[addr]
        done = self.text.resize(self.heap, addr, length, new_length, align_log2)
        if done:
            self.live[addr] = (new_length, align_log2)
        return done

    def remap(self, addr, new_length):
        length, align_log2 = self.live[addr]
        new_addr = self.text.remap(self.heap, addr, length, new_length, align_log2)
        if new_addr != 0:
            del self.live[addr]
            self.live[new_addr] = (new_length, align_log2)
        return new_addr

    def check(self):
        check_invariants(self.heap, [(addr, *asked) for addr, asked in self.live.items()])

    def fill_slab(self, length):
        """Take every slot of a new slab. Returns their addresses, in order. The lane must have no free slot."""
        return [self.alloc(length) for _ in range(SLAB_LEN // length)]

    def mapped_len(self):
        return sum(length for _, length in self.heap.mappings())


def rule(function):
    RULES.append(function)
    return function


def slot_len_by_hand(length, align_log2):
    """The slot that a block gets, found by trying them all; None for large."""
    fitting = [8 << c for c in range(13) if 8 << c >= length and (8 << c) % (1 << align_log2) == 0]
    return min(fitting, default=None)


@rule
def blocks_of_every_length_are_handed_out_aligned(make):
    machine = make(2)
    for align_log2 in range(18):
        for length in (1, 2, 7, 8, 9, 16, 17, 100, 4096, 32767, 32768, 32769, 65536, 100_000):
            addr = machine.alloc(length, align_log2)
            assert addr > 0
            assert addr % (1 << align_log2) == 0, f"{length} bytes at 2**{align_log2}: {addr:#x}"
            machine.heap.view(addr, length)[:] = b"\xa5" * length
    machine.check()


@rule
def every_byte_of_a_block_keeps_what_was_written(make):
    machine = make(2)
    contents = {}
    for number, length in enumerate([1, 8, 9, 24, 64, 65, 1000, 4096, 5000, 32768, 40_000, 70_000] * 3):
        addr = machine.alloc(length, 3)
        contents[addr] = bytes([number]) * length
        machine.heap.view(addr, length)[:] = contents[addr]
    for addr in list(contents)[::2]:
        machine.free(addr)
        del contents[addr]
    for addr, expected in contents.items():
        assert bytes(machine.heap.view(addr, len(expected))) == expected
    machine.check()


@rule
def slots_are_handed_out_in_order_to_the_end_of_the_slab(make):
    for length in (8, 16, 1024, 16384, LARGEST_SLOT):
        machine = make(1)
        slots = machine.fill_slab(length)
        assert slots[0] % SLAB_LEN == 0
        assert slots == list(range(slots[0], slots[0] + SLAB_LEN, length))
        assert machine.mapped_len() == SLAB_LEN
        assert machine.alloc(length) % SLAB_LEN == 0, "the next one opens a new slab"
        assert machine.mapped_len() == 2 * SLAB_LEN
        machine.check()


@rule
def lengths_and_alignments_get_the_smallest_slot_that_fits(make):
    for align_log2 in (0, 3, 4, 7, 12, 15):
        for length in (1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128, 129, 4095, 4097, 16385, 32768):
            machine = make(1)
            step = slot_len_by_hand(length, align_log2)
            first = machine.alloc(length, align_log2)
            assert machine.alloc(length, align_log2) - first == step, (length, align_log2)
            machine.check()


@rule
def blocks_past_the_largest_slot_are_mapped_alone(make):
    for length, align_log2, large in (
        (LARGEST_SLOT, 0, False),
        (LARGEST_SLOT + 1, 0, True),
        (8, 15, False),
        (8, 16, True),
        (SLAB_LEN, 16, True),
    ):
        machine = make(1)
        addr = machine.alloc(length, align_log2)
        assert length <= machine.mapped_len() <= max(length + 4096, SLAB_LEN)
        machine.check()
        machine.free(addr)
        assert machine.mapped_len() == (0 if large else SLAB_LEN), "large goes back at once, a slab stays"
        machine.check()


@rule
def the_slot_freed_last_is_handed_out_first(make):
    for length in (8, 24, 64, 1000, 4096, LARGEST_SLOT):
        machine = make(1)
        a, b, c = (machine.alloc(length) for _ in range(3))
        for addr in (b, a, c):
            machine.free(addr)
            machine.check()
        assert machine.heap.load(c) == a, "the link to the next free slot lies in the slot"
        assert machine.heap.load(a) == b
        assert machine.heap.load(b) == 0
        assert [machine.alloc(length) for _ in range(3)] == [c, a, b]
        machine.check()


@rule
def classes_do_not_share_free_slots(make):
    machine = make(1)
    slots = {length: machine.alloc(length) for length in (8, 16, 32, 64, 128)}
    for addr in slots.values():
        machine.free(addr)
    machine.check()
    for length in reversed(slots):
        assert machine.alloc(length) == slots[length]
    machine.check()


@rule
def an_alloc_after_a_free_maps_nothing(make):
    machine = make(1)
    blocks = [machine.alloc(64) for _ in range(3000)]
    mapped = machine.heap.mappings()
    for _ in range(3):
        for addr in blocks:
            machine.free(addr)
        blocks = [machine.alloc(64) for _ in range(3000)]
    assert machine.heap.mappings() == mapped
    machine.check()


@rule
def a_taken_lane_sends_the_thread_to_the_next_and_it_stays_there(make):
    machine = make(3)
    heap = machine.heap
    assert heap.thread_index == 0, "every thread starts there"
    blocks = [machine.alloc(16) for _ in range(3)]
    heap.set_thread_index(0)
    for (taken, got), addr in zip(((0, 1), (1, 2), (2, 0)), blocks, strict=True):  # round the table
        assert heap.try_lock(heap.lanes[taken])
        machine.free(addr)
        assert heap.thread_index == got
        assert heap.lanes[got].frees[1] == addr
        heap.unlock(heap.lanes[taken])
    machine.check()


@rule
def two_taken_lanes_are_passed_over(make):
    machine = make(3)
    heap = machine.heap
    addr = machine.alloc(8)
    for index in (0, 1):
        assert heap.try_lock(heap.lanes[index])
    machine.free(addr)
    assert heap.thread_index == 2
    assert heap.lanes[2].frees[0] == addr, "a slot stays with the lane that it was freed into"
    assert heap.lanes[0].frees[0] == heap.lanes[1].frees[0] == 0
    for index in (0, 1):
        heap.unlock(heap.lanes[index])
    assert machine.alloc(8) == addr, "the index was kept"
    machine.check()


@rule
def an_empty_lane_takes_a_free_slot_of_the_next_one(make):
    machine = make(3)
    heap = machine.heap
    heap.set_thread_index(1)
    slots = machine.fill_slab(4096)
    lane = heap.thread_index  # the search for the first slot has moved on
    machine.free(slots[5])
    heap.set_thread_index((lane - 1) % 3)
    mapped = heap.mappings()
    assert machine.alloc(4096) == slots[5]
    assert heap.mappings() == mapped
    assert heap.thread_index == lane, "it stays where it found one"
    machine.check()


@rule
def an_empty_lane_goes_on_with_the_slab_of_the_next_one(make):
    machine = make(2)
    heap = machine.heap
    first = machine.alloc(4096)
    heap.set_thread_index((heap.thread_index + 1) % 2)
    mapped = heap.mappings()
    assert machine.alloc(4096) == first + 4096
    assert heap.mappings() == mapped
    machine.check()


@rule
def the_search_looks_into_one_other_lane_and_then_maps(make):
    machine = make(4)
    heap = machine.heap
    slots = machine.fill_slab(4096)
    heap.set_thread_index(2)
    machine.free(slots[5])
    heap.set_thread_index(0)
    assert heap.lanes[1].next_addrs[9] % SLAB_LEN == 0
    addr = machine.alloc(4096)
    assert addr not in slots
    assert heap.thread_index == 1
    assert heap.lanes[1].next_addrs[9] == addr + 4096, "the new slab belongs to the lane looked into last"
    assert heap.lanes[2].frees[9] == slots[5]
    machine.check()


@rule
def refused_pages_leave_the_heap_as_it_was(make):
    machine = make(2)
    heap = machine.heap
    kept = machine.fill_slab(LARGEST_SLOT)
    lanes = [([*lane.next_addrs], [*lane.frees]) for lane in heap.lanes]
    with make.refusing_pages(heap):
        assert machine.alloc(LARGEST_SLOT) == 0
        assert machine.alloc(LARGEST_SLOT + 1) == 0
    assert [([*lane.next_addrs], [*lane.frees]) for lane in heap.lanes] == lanes
    machine.check()
    machine.free(kept[0])
    assert machine.alloc(LARGEST_SLOT) == kept[0]
    assert machine.alloc(LARGEST_SLOT) != 0
    machine.check()


@rule
def resize_works_within_a_class_and_never_across(make):
    machine = make(1)
    addr = machine.alloc(17)
    for new_length, expected in ((32, True), (33, False), (17, True), (16, False), (1, False), (40_000, False)):
        assert bool(machine.resize(addr, new_length)) == expected, new_length
        machine.check()
    tiny = machine.alloc(8)
    assert machine.resize(tiny, 1)
    assert not machine.resize(tiny, 9)
    largest = machine.alloc(LARGEST_SLOT)
    assert not machine.resize(largest, LARGEST_SLOT + 1)
    large = machine.alloc(LARGEST_SLOT + 1)
    assert not machine.resize(large, LARGEST_SLOT)
    machine.check()


@rule
def resize_keeps_the_alignment_in_mind(make):
    machine = make(1)
    addr = machine.alloc(8, 6)  # a slot of 64 bytes, for its alignment
    assert machine.resize(addr, 64)
    assert not machine.resize(addr, 65)
    assert machine.remap(addr, 1) == addr
    assert machine.remap(addr, 65) == 0
    machine.check()


@rule
def a_large_block_shrinks_in_place_and_its_pages_go_back(make):
    machine = make(1)
    addr = machine.alloc(300_000)
    machine.heap.view(addr, 300_000)[:] = b"\x11" * 300_000
    before = machine.mapped_len()
    assert machine.resize(addr, 100_000)
    assert machine.mapped_len() <= before - 190_000
    assert bytes(machine.heap.view(addr, 100_000)) == b"\x11" * 100_000
    machine.check()
    assert machine.remap(addr, 70_000) == addr
    assert machine.resize(addr, 50_000)
    assert machine.remap(addr, 40_000) == addr
    assert machine.mapped_len() < 50_000
    machine.free(addr)
    assert machine.mapped_len() == 0
    machine.check()


@rule
def resize_never_moves_a_large_block(make):
    machine = make(1)
    blocks = {machine.alloc(40_000 + 4096 * number): number for number in range(6)}
    for addr, number in blocks.items():
        machine.heap.view(addr, 40_000)[:] = bytes([number]) * 40_000
    for addr in blocks:
        for new_length in (60_000, 80_000):
            machine.resize(addr, new_length)  # may be refused
            machine.check()
    for addr, number in blocks.items():
        assert bytes(machine.heap.view(addr, 40_000)) == bytes([number]) * 40_000
        machine.free(addr)
    assert machine.mapped_len() == 0


@rule
def remap_keeps_the_bytes_of_a_large_block(make):
    machine = make(1)
    contents = bytes(range(250)) * 400
    blocks = [machine.alloc(100_000) for _ in range(4)]  # they stand in each other's way
    for addr in blocks:
        machine.heap.view(addr, 100_000)[:] = contents
    moved = [machine.remap(addr, 500_000) for addr in blocks]
    assert 0 not in moved
    assert moved != blocks, "those that have no room to grow move"
    for addr in moved:
        assert bytes(machine.heap.view(addr, 100_000)) == contents
        machine.heap.view(addr, 500_000)[:] = b"\x33" * 500_000
    machine.check()
    assert machine.remap(moved[0], LARGEST_SLOT) == 0, "never from large to small"
    assert machine.remap(machine.alloc(100), 100_000) == 0, "nor back"
    for addr in moved:
        machine.free(addr)
    machine.check()


@rule
def remap_never_breaks_an_alignment(make):
    for align_log2 in (13, 14, 17):
        machine = make(1)
        heap = machine.heap
        blocks = [machine.alloc(100_000, align_log2) for _ in range(6)]
        for addr in blocks:
            heap.view(addr, 100_000)[:] = b"\x77" * 100_000
        for number in range(9):
            machine.alloc(40_000 + 4096 * number)  # fills the gaps between them
        for addr in blocks:
            new_addr = machine.remap(addr, 1_000_000) or addr
            assert new_addr % (1 << align_log2) == 0
            assert bytes(heap.view(new_addr, 100_000)) == b"\x77" * 100_000
            machine.check()


@rule
def a_page_aligned_large_block_may_move(make):
    machine = make(1)
    blocks = [machine.alloc(100_000, 12) for _ in range(4)]
    assert 0 not in [machine.remap(addr, 500_000) for addr in blocks]
    machine.check()


@rule
def a_long_random_run_keeps_every_invariant(make):
    for seed in range(3):
        _random_run(make(3), random.Random(seed))


def _random_run(machine, rng):
    heap = machine.heap
    first_bytes = {}
    for step in range(1500):
        heap.set_thread_index(rng.randrange(3))
        taken = heap.lanes[rng.randrange(3)] if rng.random() < 0.2 else None
        if taken is not None:
            assert heap.try_lock(taken)
        choice = rng.random()
        if choice < 0.5 or not first_bytes:
            length = int(2 ** rng.uniform(0, 17))
            addr = machine.alloc(length, rng.choice((0, 3, 4, 4, 4, 6, 9)))
            first_bytes[addr] = rng.randbytes(min(length, 64))
            heap.view(addr, len(first_bytes[addr]))[:] = first_bytes[addr]
        else:
            addr = rng.choice(list(first_bytes))
            expected = first_bytes.pop(addr)
            assert bytes(heap.view(addr, len(expected))) == expected
            if choice < 0.9:
                machine.free(addr)
            else:
                addr = machine.remap(addr, int(2 ** rng.uniform(0, 17))) or addr
                first_bytes[addr] = expected[: machine.live[addr][0]]
        if taken is not None:
            heap.unlock(taken)
        if step % 100 == 0:
            machine.check()
    for addr in first_bytes:
        machine.free(addr)
    machine.check()
