"""The leaderboard: who is on it, in what order, and under which name."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from refalloc.cli import main
from refalloc.grader.leaderboard import NAME_CAP, NAMELESS, chosen_name, ranked

ANSWERS = Path(__file__).parents[1] / "solutions" / "12_the_whole_allocator" / "exercise_1"


def task(student, answer=b"", attempt=1):
    submission = SimpleNamespace(student=student, attempt=attempt)
    return SimpleNamespace(submission=submission, job=SimpleNamespace(key=f"{student}{attempt}", answer=answer))


def report(space, steps, outcome="correct"):
    return {"outcome": outcome, "figures": {"space": space, "steps": steps}}


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (b'"""Mine."""\n\nNAME = "Ada & Co"  # us\n', "Ada & Co"),
        (b"NAME='Ada'", "Ada"),
        ('NAME = "Žofie"'.encode(), "Žofie"),
        (b'NAME = ""', NAMELESS),
        (b"def alloc(): pass", NAMELESS),
        (b'NAME = open("/etc/passwd").read()', NAMELESS),
        (b'NAME = "a" + "b"', "a"),
        (b'NAME = "\\x1b[31m"', NAMELESS),  # no escapes
        (b'NAME = "a\x1b[31m b"', "a\N{REPLACEMENT CHARACTER}[31m b"),
        (b'NAME = "' + b"x" * 100 + b'"', "x" * NAME_CAP),
        (b'NAME = "\xff\xfe"', "\N{REPLACEMENT CHARACTER}" * 2),
    ],
)
def test_a_name_is_read_from_the_text_and_made_fit_to_be_shown(answer, name):
    assert chosen_name(answer) == name


def test_places_are_by_the_product_and_ties_share_one():
    tasks = [task("a", b'NAME = "A"'), task("b", b'NAME = "B"'), task("c", b'NAME = "C"'), task("d", b'NAME = "D"')]
    store = {"a1": report(2, 1), "b1": report(0.5, 1.5), "c1": report(1.5, 0.5), "d1": report(1, 1)}
    board, others = ranked(tasks, store)
    assert [(place.rank, place.name, place.product) for place in board] == [
        (1, "B", 0.75),
        (1, "C", 0.75),
        (3, "D", 1),
        (4, "A", 2),
    ]
    assert others == []


def test_the_best_attempt_counts_and_who_does_not_pass_is_not_ranked():
    tasks = [task("a"), task("a", attempt=2), task("b"), task("c"), task("d", answer=None)]
    store = {"a1": report(1, 2), "a2": report(1, 1.5), "b1": report(0.1, 0.1, "incorrect")}
    board, others = ranked(tasks, store)
    assert [(place.student, place.product) for place in board] == [("a", 1.5)]
    assert others == ["b", "c"]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """Ada's passes, Bob's forgets a lock, and Eve's would leave a mark wherever it is executed."""
    place = tmp_path_factory.mktemp("class")
    mark = place / "mark"
    sources = {
        "ada": 'NAME = "Countess"\n' + (ANSWERS / "solution.py").read_text(),
        "bob": (ANSWERS / "wrong_forgets_to_unlock_a_freed_slot.py").read_text(),
        "eve": f"NAME = 'E'\nopen({str(mark)!r}, 'w').close()\n" + (ANSWERS / "solution.py").read_text(),
    }
    for student, source in sources.items():
        file = place / "submissions" / student / "12_the_whole_allocator" / "exercise_1.py"
        file.parent.mkdir(parents=True)
        file.write_text(source)
    return place, mark


def test_a_class_is_ranked_and_no_answer_runs_outside_the_sandbox(handed_in, bwrap):
    place, mark = handed_in
    command = ["leaderboard", str(place / "submissions"), "--results", str(place / "results")]
    first = CliRunner().invoke(main, [*command, "--json", "--ids"])
    assert first.exit_code == 0, first.output
    (row,) = json.loads(first.stdout)
    assert (row["rank"], row["name"], row["student"]) == (1, "Countess", "ada")
    assert 0.3 < row["space"] < 1
    assert 1 < row["steps"] < 2
    assert row["product"] == pytest.approx(row["space"] * row["steps"])
    assert "Not ranked, as not all checks of 12.1 pass: 2: bob, eve." in first.stderr
    assert not mark.exists()
    again = CliRunner().invoke(main, command)  # from what is kept
    assert again.exit_code == 0
    assert "Countess" in again.stdout
    assert "ada" not in again.output
