"""A failing exercise on memory shows its picture, as lines of text."""

import pytest

from refalloc.course.drawing import COLUMNS, bars, chain, slots, words
from refalloc.course.runner import check_exercise

SHOWN = {  # of wrong answers, a line of the picture below the message
    ("01.1", "wrong_byte_after_the_last"): "block  |               #",
    ("01.2", "wrong_starts_at_the_word"): "yours  |   vt   |",
    ("01.2", "wrong_zeroes_the_neighbours"): "after    |C.......|",
    ("01.3", "wrong_touching"): "event 1 |        ########",
    ("02.1", "wrong_forgets_the_offset"): "yours  |                    ########",
    ("02.2", "wrong_rounds_up"): "yours    |                         #",
    ("02.3", "wrong_any_block"): "in use |    ####",
    ("05.1", "wrong_queue"): "lane.frees[0] -> slab + 0 -> slab + 24 -> 0",
    ("05.2", "wrong_any_word"): "address |  #",
    ("05.3", "wrong_plain"): "lane.frees[3] -> slab + 128 -> ?",
    ("06.1", "wrong_upward"): "slab 1 |...?|   x: handed out, ?: expected now",
    ("06.2", "wrong_rounds_down"): "at 64  |                            #",
    ("06.3", "wrong_steps_in_powers"): "yours  |  ##########",
    ("07.2", "wrong_copies_the_old_length"): "changed   |                                #########",
    ("07.2", "wrong_copies_the_new_length"): "changed   |                        #",
    ("07.2", "wrong_frees_first"): "changed |####",
    ("07.3", "wrong_too_long_only"): "freed as 64  |################",
    ("10.2", "wrong_lanes_not_padded"): "yours  |      ######",
    ("10.2", "wrong_no_room_in_front"): "lane 0's lines |              ################",
    ("11.3", "wrong_keeps_none"): "slab 0 |0000| unmapped, expected mapped",
    ("12.1", "wrong_reference_end_test"): "event 3 |                        #########",
    ("14.1", "wrong_rest_of_the_slab"): "addr   |                        #",
    ("14.2", "wrong_farthest"): "call 1: live |        ####",
}


@pytest.mark.parametrize(("exercise", "name"), SHOWN, ids=map("-".join, SHOWN))
def test_a_failing_memory_exercise_shows_its_picture(course, exercise, name):
    chosen = course.exercise(exercise)
    report = check_exercise(chosen, chosen.solution.with_name(f"{name}.py"))
    assert SHOWN[exercise, name] in report.lines


def test_bars_stand_on_one_ruler_that_is_never_wider_than_the_page():
    assert bars([("a", 0, 4), ("bc", 2, 3), ("none", 5, 5)]) == [
        "from 0 to 4, a column is 1 byte:",
        "a  |####",
        "bc |  #",
    ]
    assert bars([]) == []
    for length in (COLUMNS, COLUMNS + 1, 10_000, 1 << 40):
        assert max(line.count("#") for line in bars([("a", 7, 7 + length)])) <= COLUMNS


def test_a_chain_ends_where_it_ends_and_is_cut_where_it_does_not():
    links = {16: 32, 32: 0, 48: 48}
    assert chain("frees", 16, links.get, str) == "frees -> 16 -> 32 -> 0"
    assert chain("frees", 0, links.get, str) == "frees -> 0"
    assert chain("frees", 64, links.get, str) == "frees -> 64 -> ?"
    assert chain("frees", 48, links.get, str).endswith("48 -> ...")


def test_words_are_letters_with_a_stroke_between_words():
    assert words([("a", b"Jane Doe's"), ("bcd", b"\x00 ~\x7f")]) == ["a   |Jane Doe|'s|", "bcd |. ~.|"]


def test_slots_are_letters():
    assert slots("slab 1", 4, [3], 2) == "slab 1 |..?x|"
