"""Plots of measurements say what they show."""

import io

import pytest
from PIL import Image
from recordings import random_recording
from tables import rows_of

from refalloc.pictures.measured import plot_blowup, plot_lanes_used, plot_throughput
from refalloc.trace import Kind


def is_drawn(picture):
    return len(Image.open(io.BytesIO(picture.png)).convert("L").getcolors(1 << 16)) > 3


def test_lanes_used_counts_takes_and_failures():
    recording = random_recording(4)
    picture = plot_lanes_used(recording)
    tries = recording.events[recording.events["kind"] == Kind.TRY_LOCK]
    for lane in range(3):
        own = tries[tries["lane"] == lane]["value"]
        assert f"lane {lane} {(own != 0).sum():,} times, {(own == 0).sum():,} tries failed" in picture.sentence
        row = rows_of(picture)[lane + 1]
        assert row[:2] == [str(lane), f"{(own != 0).sum():,}"]
        assert sum(int(count.replace(",", "")) for count in row[2:6]) == (own != 0).sum()
        assert row[6] == f"{(own == 0).sum():,}"
    assert is_drawn(picture)


def test_throughput_tells_median_and_spread():
    picture = plot_throughput({"ours": [100.0, 300.0, 200.0], "glibc": [1500.0]})
    assert "ours: median 200, from 100 to 300" in picture.sentence
    assert "glibc: median 1,500, from 1,500 to 1,500" in picture.sentence
    assert rows_of(picture) == [
        ["operations a second", "median", "least", "most", "measurements"],
        ["ours", "200", "100", "300", "3"],
        ["glibc", "1,500", "1,500", "1,500", "1"],
    ]
    assert is_drawn(picture)


def test_blowup_tells_the_ratio_for_each_number_of_lanes():
    picture = plot_blowup({1: 64 << 10, 128: 8 << 20}, 100 << 10)
    assert (
        picture.sentence == "Memory mapped, of 102,400 bytes needed: 0.6 times with 1 lane, 81.9 times with 128 lanes."
    )
    assert rows_of(picture)[1:] == [["1", "65,536", "102,400", "0.6"], ["128", "8,388,608", "102,400", "81.9"]]
    assert is_drawn(picture)


def test_nothing_measured_is_refused():
    with pytest.raises(ValueError, match="rates of nothing; expected names"):
        plot_throughput({})
    with pytest.raises(ValueError, match="rates of ours; expected"):
        plot_throughput({"ours": []})
    with pytest.raises(ValueError, match="0 numbers of lanes, 5 bytes needed"):
        plot_blowup({}, 5)
