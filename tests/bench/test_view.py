"""The benchmark of the pictures: that it measures what it says, in a real browser. Not how fast anything is."""

import dataclasses
import json
import os

import pytest
from click.testing import CliRunner

from refalloc.bench import view as bench
from refalloc.bench.lab import find_chromium
from refalloc.cli import main


@pytest.fixture
def report(monkeypatch):
    """A report of two rounds over a short recording, with two of the contenders."""
    if find_chromium() is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    for name, value in {"EVENTS": 3000, "MOMENTS": 5, "SCRUB_FRAMES": 5, "PAINTS": 2, "MILLION": 6000}.items():
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "has_ipympl", lambda: False)
    rounds = []
    report = bench.measure(2, lambda: rounds.append(None))
    assert len(rounds) == 2
    return report


def test_every_figure_is_of_something_that_happened(report):
    assert {name: len(times) for name, times in report.steps.items()} == {"memory_map": 2, "matplotlib": 2}
    assert all(time > 0 for times in report.steps.values() for time in times)
    assert report.sent["memory_map"] > 3000, "a byte an event, at least"
    assert report.sent_per_step["matplotlib"] > 1000, "an image a step"
    assert report.sent_per_step["memory_map"] < 1000, "no events, and no image: the browser has them"
    assert len(report.first_paint) == 2
    assert min(*report.first_paint, report.frames, report.slow_frames, report.million_first_paint) > 0


def test_the_command_says_which_contender_is_missing(monkeypatch):
    told = bench.Report(
        {"memory_map": [10.0], "matplotlib": [80.0]},
        {"memory_map": 5, "matplotlib": 6},
        {"memory_map": 0, "matplotlib": 7},
        [90.0],
        60.0,
        30.0,
        700.0,
    )
    command = "refalloc.commands.bench_view"
    monkeypatch.setattr(f"{command}.measure", lambda rounds, on_step: told)
    monkeypatch.setattr(f"{command}.has_ipympl", lambda: False)
    shown = CliRunner().invoke(main, ["bench", "view"])
    assert shown.exit_code == 0, shown.output
    assert "8.0 times" in shown.output
    assert "ipympl is not installed" in shown.output
    as_json = CliRunner().invoke(main, ["bench", "view", "--json"])
    assert json.loads(as_json.output) == dataclasses.asdict(told)
