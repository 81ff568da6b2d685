import inspect

import contract
import pytest
from interpreted import Maker, slabs_lie_side_by_side

from refalloc import allocator


@pytest.mark.parametrize("rule", [*contract.RULES, slabs_lie_side_by_side], ids=lambda rule: rule.__name__)
def test_the_reference_keeps_every_rule_of_the_contract(rule):
    rule(Maker())


def test_the_text_is_at_most_220_lines():
    assert len(inspect.getsource(allocator).splitlines()) <= 220


def test_the_constants_are_those_of_the_original():
    # SmpAllocator.zig of Zig 0.14.1, on a machine of 64-bit addresses and pages of at most 64 KiB.
    assert allocator.SLAB_LEN == 65536
    assert allocator.MIN_CLASS == 3
    assert allocator.SIZE_CLASS_COUNT == 13
    assert allocator.MAX_ALLOC_SEARCH == 1


@pytest.mark.parametrize("align_log2", range(16))
def test_size_class_index_is_the_smallest_slot_that_fits(align_log2):
    for length in range(1, allocator.SLAB_LEN // 2 + 1):
        size_class = allocator.size_class_index(length, align_log2)
        size = 8 * 2**size_class
        assert allocator.slot_size(size_class) == size
        assert size >= length
        assert size % 2**align_log2 == 0
        assert size_class == 0 or size // 2 < length or size // 2 % 2**align_log2 != 0
