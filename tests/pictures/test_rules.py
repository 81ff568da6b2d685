"""SizeClasses and SlabRuler: the rules are those of the allocator, and the browser's are Python's."""

import dataclasses
import json
import random
import subprocess
from pathlib import Path

import pytest
from traitlets import TraitError

from refalloc import allocator
from refalloc.pictures.size_classes import MAX_LENGTH, SPACINGS, SizeClasses, fit, spaced, span, stair
from refalloc.pictures.slab_ruler import SlabRuler, ruler

PAGE_LEN = 4096


def test_python_and_javascript_have_the_same_rules(node):
    random_ = random.Random(1)
    lengths = [1, 8, 9, 300, 32768, 32769, MAX_LENGTH, *(random_.randrange(1, MAX_LENGTH) for _ in range(200))]
    fits = [(length, random_.randrange(17)) for length in lengths]
    rulers = [(size_class, pages) for size_class in range(13) for pages in range(16)]
    asked = {
        "spacings": SPACINGS,
        "fits": [(length, 1 << align_log2) for length, align_log2 in fits],
        "rulers": [(8 << size_class, pages * PAGE_LEN) for size_class, pages in rulers],
    }
    script = Path(__file__).parent / "static" / "rules.js"
    done = subprocess.run(
        [node, "--no-warnings", script], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for (length, align_log2), by_javascript in zip(fits, told["fits"], strict=True):
        facts = SizeClasses(length, align_log2).facts()
        assert by_javascript == [facts["fit"], dataclasses.asdict(facts["Spacings"])]
    for (length, align_log2), by_javascript in zip(fits, told["stairs"], strict=True):
        _, slot = fit(SPACINGS["one a doubling"], length, 1 << align_log2)
        limit = span(length, slot)
        stairs = [stair(sizes, limit, 1 << align_log2) for sizes in SPACINGS.values()]
        assert by_javascript == [[list(corner) for corner in corners] for corners in stairs]
    for (size_class, pages), by_javascript in zip(rulers, told["rulers"], strict=True):
        facts = SlabRuler(size_class, pages).facts()
        assert by_javascript == [facts["outcome"], dataclasses.asdict(facts["Slots"])]


@pytest.mark.parametrize("align_log2", range(17))
def test_a_fit_is_the_class_of_the_allocator(align_log2):
    sizes = SPACINGS["one a doubling"]
    for length in (1, 7, 8, 9, 100, 4095, 4097, 32768, 32769, 70_000):
        size_class = allocator.size_class_index(length, align_log2)
        found, given = fit(sizes, length, 1 << align_log2)
        if size_class < allocator.SIZE_CLASS_COUNT:
            assert (found, given) == (size_class, allocator.slot_size(size_class))
        else:
            assert found is None
            assert given % PAGE_LEN == 0
            assert given - PAGE_LEN < length <= given


def test_finer_spacings_are_words_that_grow():
    assert spaced(1) == SPACINGS["one a doubling"]
    for per_doubling in (2, 4):
        sizes = spaced(per_doubling)
        assert all(size % 8 == 0 for size in sizes)
        assert sizes == sorted({*sizes})
        assert (sizes[0], sizes[-1]) == (8, 32768)
        assert {1024 + i * 1024 // per_doubling for i in range(per_doubling)} <= {*sizes}


def test_a_stair_has_a_step_at_each_size():
    assert stair([8, 16, 32], 24, 1) == [(0, 8), (8, 8), (8, 16), (16, 16), (16, 32), (24, 32)]


def test_a_stair_is_of_slots_that_are_aligned_enough_and_of_pages_past_them():
    assert stair([8, 16, 24, 32], 32, 16) == [(0, 16), (16, 16), (16, 32), (32, 32)]
    assert stair([8, 4096], 10_000, 8) == [
        *[(0, 8), (8, 8), (8, 4096), (4096, 4096), (4096, 8192), (8192, 8192)],
        *[(8192, 12288), (10_000, 12288)],
    ]


def on_the_stair(corners, asked):
    return next(
        given for (start, given), (end, _) in zip(corners[::2], corners[1::2], strict=True) if start < asked <= end
    )


@pytest.mark.parametrize("align_log2", range(17))
def test_the_block_stands_on_its_stair_inside_the_chart(align_log2):
    for length in (1, 129, 300, 5000, 32_768, 32_769, 70_000, MAX_LENGTH):
        for sizes in SPACINGS.values():
            _, slot = fit(sizes, length, 1 << align_log2)
            limit = span(length, fit(SPACINGS["one a doubling"], length, 1 << align_log2)[1])
            assert on_the_stair(stair(sizes, limit, 1 << align_log2), length) == slot < limit


@pytest.mark.parametrize(("size_class", "past"), [(9, 0), (10, 8), (11, 12), (12, 14)])
def test_large_slots_run_past_the_end_at_most_offsets(size_class, past):
    outcomes = [ruler(8 << size_class, pages * PAGE_LEN)[0] for pages in range(1, 16)]
    assert outcomes.count("past") == past
    assert outcomes.count("early") == 15 - past


def test_the_rule_is_what_the_text_does():
    """The allocator itself, given a slab off its place."""
    for size_class, pages in ((0, 5), (9, 3), (10, 2), (12, 8)):
        outcome, handed_out = ruler(8 << size_class, pages * PAGE_LEN)
        assert outcome == "early"
        next_addr = pages * PAGE_LEN + (8 << size_class)
        count = 1
        while next_addr % allocator.SLAB_LEN != 0:
            next_addr += allocator.slot_size(size_class)
            count += 1
        assert count == handed_out


@pytest.mark.parametrize("make", [lambda: SizeClasses(0), lambda: SizeClasses(8, 17), lambda: SlabRuler(13)])
def test_what_there_is_not_is_refused(make):
    with pytest.raises(TraitError):
        make()
