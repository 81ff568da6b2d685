"""Checks of exercise 00.1."""

import random

from refalloc.course.expect import compare

TRAPS = {
    "That is the number of bytes asked for; what is left of the slot beside them?": lambda asked_len, given_len: (
        asked_len
    ),
    "That is the whole slot; the bytes that were asked for are not wasted.": lambda asked_len, given_len: given_len,
    "The slot is the larger of the two: subtract the other way round.": lambda asked_len, given_len: (
        asked_len - given_len
    ),
    "Waste counts bytes, so it is a difference and not a share.": lambda asked_len, given_len: given_len // asked_len,
}


def expected_waste(asked_len, given_len):
    return given_len - asked_len


def test_a_block_that_fills_its_slot_wastes_nothing_and_others_waste_the_rest(student, edition):
    draw = random.Random(edition.seed)
    rows = [[100, 128], [1, 8], [8, 8], [9, 16], [128, 128]]
    for _ in range(100):
        given_len = 8 << draw.randrange(13)
        rows.append([draw.randint(1, given_len), given_len])
    compare(student.waste, rows, expected_waste, TRAPS)
