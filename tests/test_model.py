"""Random sequences of calls against a model, the invariants proved after each; Hypothesis shrinks what fails."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap

LANES = 3
LENGTHS = st.one_of(
    st.integers(1, 200),
    st.integers(3, 17).flatmap(lambda log2: st.integers(2**log2 - 1, 2**log2 + 1)),
    st.integers(32_000, 200_000),
)
ALIGNMENTS = st.sampled_from([1, 8, 16, 16, 16, 64, 4096, 65536])


class AgainstAModel(RuleBasedStateMachine):
    """The model: {addr: (length, alignment, what was written)}."""

    blocks = Bundle("blocks")

    @initialize(arena_pages=st.sampled_from([64, 4096]))
    def start(self, arena_pages):
        self.allocator = CheckedAllocator(Heap(LANES, arena_pages * 4096))
        self.model = {}
        self.stamp = 0

    def write(self, addr, length):
        self.stamp += 1
        contents = (self.stamp.to_bytes(4, "little") * (length // 4 + 1))[:length]
        self.allocator.view(addr, length)[:] = contents
        return contents

    def new_block(self, addr, length, alignment):
        assert addr % alignment == 0
        for other, (other_len, *_) in self.model.items():
            assert addr + length <= other or other + other_len <= addr, "two live blocks overlap"
        self.model[addr] = (length, alignment, self.write(addr, length))
        return addr

    @rule(
        target=blocks,
        length=LENGTHS,
        alignment=ALIGNMENTS,
        taken=st.sets(st.integers(0, LANES - 1), max_size=LANES - 1),
    )
    def alloc(self, length, alignment, taken):
        heap = self.allocator.heap
        for index in taken:
            assert heap.try_lock(heap.lanes[index])
        try:
            addr = self.allocator.alloc(length, alignment)
        except MemoryError:
            return multiple()
        finally:
            for index in taken:
                heap.unlock(heap.lanes[index])
        return self.new_block(addr, length, alignment)

    @rule(block=consumes(blocks))
    def free(self, block):
        length, alignment, contents = self.model.pop(block)
        assert self.allocator.view(block, length) == contents
        self.allocator.free(block, length, alignment)

    @rule(block=blocks, new_length=LENGTHS)
    def resize(self, block, new_length):
        length, alignment, contents = self.model[block]
        if self.allocator.resize(block, length, new_length, alignment):
            kept = min(length, new_length)
            assert self.allocator.view(block, kept) == contents[:kept]
            self.model[block] = (new_length, alignment, self.write(block, new_length))

    @rule(target=blocks, block=consumes(blocks), new_length=LENGTHS)
    def remap(self, block, new_length):
        length, alignment, contents = self.model.pop(block)
        addr = self.allocator.remap(block, length, new_length, alignment)
        if addr == 0:
            self.model[block] = (length, alignment, contents)
            return block
        kept = min(length, new_length)
        assert self.allocator.view(addr, kept) == contents[:kept]
        return self.new_block(addr, new_length, alignment)

    @rule(index=st.integers(0, LANES - 1))
    def another_thread_comes(self, index):
        self.allocator.heap.set_thread_index(index)

    @rule()
    def trim(self):
        before = self.allocator.heap.mapped_len
        assert self.allocator.trim() == before - self.allocator.heap.mapped_len

    @invariant()
    def the_heap_is_sound(self):
        live = [(addr, length, alignment.bit_length() - 1) for addr, (length, alignment, _) in self.model.items()]
        assert sorted(live) == sorted(self.allocator.live_blocks())
        check_invariants(self.allocator.heap, live)

    @invariant()
    def every_block_holds_what_was_written(self):
        for addr, (length, _, contents) in self.model.items():
            assert self.allocator.view(addr, length) == contents


TestAgainstAModel = AgainstAModel.TestCase
TestAgainstAModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
