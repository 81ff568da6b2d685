"""Late days, attempts, and statistics."""

import datetime
from decimal import Decimal

import pytest

from refalloc.grader import GraderError
from refalloc.grader.edition import Term, load_term
from refalloc.grader.marks import LatePolicy, moment, penalised, read_times
from refalloc.grader.similarity import fingerprints, similar_pairs

DUE = moment("2026-10-01T12:00:00+00:00")


@pytest.mark.parametrize(
    ("hours", "percent"), [(-5, 0), (0, 0), (0.001, 10), (24, 10), (24.01, 20), (49, 30), (24 * 9, 50), (2000, 50)]
)
def test_each_day_begun_costs_up_to_the_most(hours, percent):
    policy = LatePolicy(DUE, percent_a_day=10, max_percent=50)
    assert policy.percent(DUE + datetime.timedelta(hours=hours), False) == percent


def test_where_the_time_is_not_known_a_late_mark_is_one_day():
    policy = LatePolicy(DUE, percent_a_day=10)
    assert policy.percent(None, True) == 10
    assert policy.percent(None, False) == 0


def test_points_are_rounded_half_up_to_hundredths():
    assert penalised(3, 12.5) == Decimal("2.63")
    assert penalised(0, 100) == Decimal("0.00")


def test_times_are_read_with_their_zones(tmp_path):
    file = tmp_path / "times.csv"
    file.write_text("student,submitted,attempt\nada,2026-10-02T13:00:00+02:00,2\n")
    assert read_times(file) == {("ada", 2): moment("2026-10-02T11:00:00+00:00")}
    file.write_text("who,when\nada,yesterday\n")
    with pytest.raises(GraderError, match="columns student and submitted"):
        read_times(file)


def test_an_edition_seeds_each_student_and_exercise_differently(tmp_path):
    file = tmp_path / "term.toml"
    file.write_text('name = "autumn"\nseed = "s"\n[knobs."04.2"]\nsteps = [2]\n')
    term = load_term(file)
    assert term == Term("autumn", "s", {"04.2": {"steps": [2]}})
    seeds = {Term(seed=s).seed_for(student, e) for s in "ab" for student in ("x", "y") for e in ("04.1", "04.2")}
    assert len(seeds) == 8
    assert term.seed_for("ada", "04.2") == load_term(file).seed_for("ada", "04.2")
    file.write_text("points = 5\n")
    with pytest.raises(GraderError, match="points"):
        load_term(file)


ANSWER = b'''
"""Mine."""
def slot_sizes(min_slot, max_slot, steps):
    # walk
    slots, power = [min_slot], min_slot
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(power // steps, min_slot))
        if slots[-1] == 2 * power:
            power = slots[-1]
    return slots
'''
RENAMED = ANSWER.replace(b"slots", b"s").replace(b"power", b"p").replace(b"# walk", b"# something else")
OTHER = b"""
def slot_sizes(min_slot, max_slot, steps):
    found = {min_slot}
    for doubling in range((max_slot // min_slot).bit_length() - 1):
        base = min_slot << doubling
        for step in range(1, steps + 1):
            if base * step // steps % min_slot == 0:
                found.add(base + base * step // steps)
    return sorted(found)
"""


def test_a_renamed_copy_is_found_and_an_answer_of_ones_own_is_not():
    pairs = similar_pairs("04.2", {"ada": ANSWER, "eve": RENAMED, "grace": OTHER})
    assert [(pair.first, pair.second, pair.share) for pair in pairs] == [("ada", "eve", 1.0)]


def test_what_the_stub_has_says_nothing():
    assert similar_pairs("04.2", {"ada": ANSWER, "eve": ANSWER}, stub=ANSWER) == []


def test_what_much_of_a_class_has_says_nothing():
    assert similar_pairs("04.2", {f"student{n}": ANSWER for n in range(10)}) == []


@pytest.mark.parametrize("source", [b"", b"\0\0", b"def f(", b"\xff", b"x = (" * 300, b"if x:\n  y\n z"])
def test_what_is_no_python_has_fingerprints_of_what_could_be_read(source):
    assert isinstance(fingerprints(source), set)
