import io

import pytest
from PIL import Image
from tables import rows_of

from refalloc.pictures.memory import SHARED, plot_bytes, plot_layouts


def rgb(colour):
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def colours(picture):
    """The colours of a picture, each that it has."""
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    return {colour for _, colour in image.getcolors(maxcolors=1 << 24)}


def near(colour, others):
    return any(max(abs(a - b) for a, b in zip(colour, other, strict=True)) < 8 for other in others)


def test_bytes_of_two_blocks_are_marked_and_told():
    picture = plot_bytes(b"abcdefgh" * 2, {"first": (0, 10), "second": (8, 8)})
    assert near(rgb(SHARED), colours(picture))
    assert picture.sentence == (
        "16 bytes in rows of 8: b'abcdefghabcdefgh'. first has bytes 0 to 9. second has bytes 8 to 15. "
        "2 bytes, 8 to 9, belong to more than one."
    )
    assert rows_of(picture) == [
        ["bytes", "what they hold", "blocks they belong to"],
        ["0 to 7", "a b c d e f g h", "first"],
        ["8 to 9", "a b", "first and second"],
        ["10 to 15", "c d e f g h", "second"],
    ]


def test_blocks_side_by_side_share_nothing():
    picture = plot_bytes(bytes(16), {"first": (0, 8), "second": (8, 8)})
    assert not near(rgb(SHARED), colours(picture))
    assert "more than one" not in picture.sentence


@pytest.mark.parametrize(("data", "blocks"), [(b"", {}), (bytes(257), {}), (b"a", dict.fromkeys("abcd", (0, 1)))])
def test_what_cannot_be_drawn_is_refused(data, blocks):
    with pytest.raises(ValueError, match="can be drawn"):
        plot_bytes(data, blocks)


def test_padding_is_marked_and_told():
    picture = plot_layouts({"mixed": [(0, 1), (8, 8), (16, 1)], "sorted": [(0, 8), (8, 1), (9, 1)]}, 24)
    assert near(rgb(SHARED), colours(picture))
    assert picture.sentence == (
        "mixed: 3 blocks in 17 bytes, 7 of them padding; sorted: 3 blocks in 10 bytes, 0 of them padding."
    )
    assert rows_of(picture)[:4] == [
        ["region", "what", "from byte", "bytes"],
        ["mixed", "block", "0", "1"],
        ["mixed", "padding", "1", "7"],
        ["mixed", "block", "8", "8"],
    ]
    assert [row[1] for row in rows_of(picture)[4:]] == ["block"] * 4


@pytest.mark.parametrize("blocks", [[(0, 8), (4, 8)], [(20, 8)]])
def test_blocks_that_overlap_or_leave_the_region_are_refused(blocks):
    with pytest.raises(ValueError, match="does not lie in"):
        plot_layouts({"wrong": blocks}, 24)


def test_pictures_are_small_enough_to_keep():
    assert len(plot_bytes(bytes(range(128)), {"all": (0, 128)}).png) < 15_000
