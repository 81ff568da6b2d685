import pytest

from refalloc.course.expect import WrongAnswerError, place, require

SLAB = 0x7F0000010000


def message(*args, **named):
    with pytest.raises(WrongAnswerError) as caught:
        require(*args, **named)
    return str(caught.value)


def test_a_right_value_passes():
    require("it gave", 3, 3)


def test_a_wrong_value_is_told_with_the_first_trap_that_it_fell_into():
    traps = {"too small": 1, "too large": 9, "too large again": 9}
    assert message("it gave", 9, 3, traps=traps) == "it gave 9; expected 3. too large"
    assert message("it gave", 4, 3, traps=traps) == "it gave 4; expected 3."


def test_a_missing_return_and_another_type_are_told():
    assert message("it gave", None, 3).endswith("Is there a `return` on every path?")
    assert message("it gave", True, 1).endswith("That is of type bool, where int is expected.")


def test_addresses_are_told_from_the_nearest_start_before_them():
    starts = {"slab": SLAB, "next slab": SLAB + 65536}
    assert place(SLAB + 64, **starts) == "slab + 64"
    assert place(SLAB + 65536, **starts) == "next slab + 0"
    assert place(0, **starts) == "0"
    assert place(-1, **starts) == "-1"
    assert place(None, **starts) == "None"
    assert place(123456, **starts) == "123456, no address near slab or next slab"
