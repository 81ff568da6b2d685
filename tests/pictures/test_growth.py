import pytest

from refalloc.pictures.growth import plot_growth


def test_the_sentence_tells_where_each_curve_starts_and_ends():
    picture = plot_growth({"one": [4096, 4096], "two": [4096, 9000, 8192]}, "messages")
    assert picture.png.startswith(b"\x89PNG")
    assert picture.sentence == (
        "Bytes over messages. one: 4,096 bytes at first, 4,096 at most, 4,096 in the end; "
        "two: 4,096 bytes at first, 9,000 at most, 8,192 in the end."
    )


@pytest.mark.parametrize("curves", [{}, {"one": []}, {name: [1] for name in "abcd"}])
def test_what_cannot_be_told_apart_is_refused(curves):
    with pytest.raises(ValueError, match="curves"):
        plot_growth(curves, "messages")
