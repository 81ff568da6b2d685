"""The ladder of cages: what holds, what is refused, and that no cage is taken for a stronger one."""

import pytest

from refalloc.grader import GraderError, probe
from refalloc.grader.launch import landlock_version
from refalloc.grader.sandbox import LEVELS, Sandbox


def test_bubblewrap_holds_every_attempt(bwrap):
    assert probe.try_level(bwrap).leaks == []


def test_landlock_holds_every_attempt(landlock):
    assert landlock_version() > 0
    assert probe.try_level(landlock).leaks == []


def test_the_strongest_cage_comes_first(bwrap):
    assert probe.choose_level().level == "bwrap"


def test_rlimits_alone_are_never_chosen_unasked():
    with pytest.raises(GraderError, match="--unsafe"):
        probe.choose_level("limits")
    assert probe.choose_level("limits", unsafe=True).level == "limits"


def test_a_cage_that_leaks_is_an_error_and_no_reason_to_take_another(monkeypatch):
    def leaky(level):
        return probe.LevelReport(level, "", (probe.Finding("read a file of the judge's", held=False),))

    monkeypatch.setattr(probe, "try_level", leaky)
    with pytest.raises(GraderError, match="broken: an answer could read a file of the judge's"):
        probe.choose_level()


def test_without_any_cage_each_reason_is_told(monkeypatch):
    monkeypatch.setattr(probe, "try_level", lambda level: probe.LevelReport(level, f"no {level} here", ()))
    with pytest.raises(GraderError) as caught:
        probe.choose_level()
    assert [f"no {level} here" in str(caught.value) for level in LEVELS] == [True, True, True, False]


def test_a_cage_that_does_not_start_is_an_error(monkeypatch, bwrap):
    monkeypatch.setattr("refalloc.grader.sandbox.PRELOAD", ())
    with pytest.raises(GraderError, match="did not start"), Sandbox(b"", "x.py", bwrap, preload=("no_such_module",)):
        pass
