from pathlib import Path

import pytest

from refalloc import allocator
from refalloc.course import CourseError
from refalloc.course.quote import quote

LINES = Path(allocator.__file__).read_text().splitlines()


def test_a_quote_is_the_text_as_it_stands_without_anchors():
    part = quote("free")
    assert part.text.splitlines() == LINES[part.first - 1 : part.last]
    assert part.text.startswith("def free(")
    assert "#: [" not in part.text


def test_a_part_reaches_over_the_parts_inside_it():
    whole, pop = quote("alloc"), quote("alloc.pop")
    assert whole.text.startswith("def alloc(")
    assert "search_count += 1" in whole.text
    assert "#: [" not in whole.text
    assert whole.first < pop.first <= pop.last < whole.last


def test_an_inner_part_starts_at_the_margin():
    assert quote("alloc.pop").text.startswith("top = lane.frees[size_class]\nif top != 0:\n    ")


def test_the_docstring_can_be_left_out():
    assert (
        quote("slot_size", docstring=False).text
        == "def slot_size(size_class):\n    return 1 << (size_class + MIN_CLASS)\n"
    )


def test_constants_end_where_the_text_says_so():
    assert quote("constants").text.splitlines()[-1].startswith("PAGE_ALIGN_LOG2")


def test_an_unknown_part_is_told_with_those_that_exist():
    with pytest.raises(CourseError, match=r"no part 'pop'; it has constants, .*alloc\.pop"):
        quote("pop")


def test_a_notebook_gets_code_and_where_it_stands():
    shown = quote("slot_size")._repr_markdown_()
    assert shown.startswith("```python\ndef slot_size")
    assert "refalloc/allocator.py, lines" in repr(quote("slot_size"))
