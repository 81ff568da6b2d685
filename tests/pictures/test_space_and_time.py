import pytest
from tables import rows_of

from refalloc.pictures.space_and_time import plot_space_and_time


def test_the_sentence_tells_both_and_their_product():
    picture = plot_space_and_time({"reference": (1, 1), "mine": (0.5, 1.5)})
    assert picture.png.startswith(b"\x89PNG")
    assert picture.sentence == (
        "Space and time: reference 1.00 and 1.00, product 1.00; mine 0.50 and 1.50, product 0.75."
    )
    assert rows_of(picture)[1:] == [["reference", "1.00", "1.00", "1.00"], ["mine", "0.50", "1.50", "0.75"]]


@pytest.mark.parametrize("points", [{}, {"none": (0, 1)}, {"less": (1, -1)}])
def test_what_has_no_place_is_refused(points):
    with pytest.raises(ValueError, match="points are"):
        plot_space_and_time(points)
