import pytest
from tables import rows_of

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


def test_the_table_tells_the_curves_where_each_was_looked_at():
    curves = {"always": list(range(0, 100_000, 1000)), "seldom": {40: 7, 1: 5, 100: 9}}
    assert rows_of(plot_growth(curves, "messages")) == [
        ["messages", "bytes, always", "bytes, seldom"],
        ["1", "0", "5"],
        ["40", "39,000", "7"],
        ["100", "99,000", "9"],
    ]
    rows = rows_of(plot_growth({"one": list(range(5000)), "two": [8]}, "messages"))
    assert len(rows) == 12
    assert rows[1] == ["1", "0", "8"]
    assert rows[-1] == ["5,000", "4,999", ""]


def test_a_curve_that_was_looked_at_now_and_then_is_told_in_order():
    sentence = plot_growth({"seldom": {40: 7, 1: 5, 100: 6}}, "messages").sentence
    assert sentence == "Bytes over messages. seldom: 5 bytes at first, 7 at most, 6 in the end."
