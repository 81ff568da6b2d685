"""What was measured, as plots: lanes used, throughput with its spread, memory against lanes. Colours as in plots.py."""

import statistics

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from refalloc.pictures.packing import validate
from refalloc.pictures.plots import ASKED, CURVES, DPI, INK, WASTED, picture_of
from refalloc.pictures.story import Table
from refalloc.trace import Kind

BINS = 60  # along the time of a recording


def plot_lanes_used(recording):
    """Which lanes are taken as a recording goes on, and where a try of a lane failed.

    Args:    recording: Recording.
    Returns: Picture.
    Raises:  RecordingError.
    """
    events = recording.events
    validate(events)
    lane_count = int(events["value"][0])
    tries = events["kind"] == Kind.TRY_LOCK
    taken, failed = (
        [
            int(np.count_nonzero(tries & (events["lane"] == lane) & ((events["value"] == 0) == is_failed)))
            for lane in range(lane_count)
        ]
        for is_failed in (False, True)
    )
    figure = Figure(figsize=(7, 0.8 + 0.4 * lane_count), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    edges = np.linspace(0, len(events), BINS + 1)
    for lane in range(lane_count):
        numbers = np.flatnonzero(tries & (events["lane"] == lane) & (events["value"] != 0))
        counts, _ = np.histogram(numbers, edges)
        highest = max(1, counts.max())
        axes.bar(edges[:-1], 0.8 * counts / highest, np.diff(edges), lane, align="edge", color=ASKED)
        collisions = np.flatnonzero(tries & (events["lane"] == lane) & (events["value"] == 0))
        axes.plot(collisions, np.full(len(collisions), lane + 0.9), "x", color=CURVES[0][0], markersize=5)
    axes.set_yticks(range(lane_count), [f"lane {lane}" for lane in range(lane_count)], verticalalignment="bottom")
    axes.set_xlabel("event; bars: how often the lane was taken, crosses: tries that failed")
    axes.set_xlim(0, len(events))
    axes.set_ylim(0, lane_count)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.spines[["top", "right"]].set_visible(False)
    told = [f"lane {lane} {taken[lane]:,} times, {failed[lane]:,} tries failed" for lane in range(lane_count)]
    quarters = np.linspace(0, len(events), 5)
    rows = []
    for lane in range(lane_count):
        numbers = np.flatnonzero(tries & (events["lane"] == lane) & (events["value"] != 0))
        counts = np.histogram(numbers, quarters)[0]
        rows.append([str(lane), f"{taken[lane]:,}", *(f"{count:,}" for count in counts), f"{failed[lane]:,}"])
    columns = ["lane", "taken", *(f"in quarter {quarter} of the events" for quarter in (1, 2, 3, 4)), "tries failed"]
    return picture_of(figure, f"How often each lane was taken: {'; '.join(told)}.", Table(columns, rows))


def plot_throughput(rates, unit="operations a second"):
    """Rates with their spread: every measurement a dot, the median a line.

    Args:    rates: {name: list of float}, one for each measurement; unit: str, of the rates.
    Returns: Picture.
    Raises:  ValueError for none, or a name without measurements.
    """
    if not rates or not all(rates.values()):
        raise ValueError(f"rates of {', '.join(rates) or 'nothing'}; expected names, each with one measurement or more")
    figure = Figure(figsize=(7, 1 + 0.45 * len(rates)), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    told, rows = [], []
    for row, (name, values) in enumerate(rates.items()):
        median = statistics.median(values)
        axes.plot([min(values), max(values)], [row, row], color=INK, linewidth=1)
        axes.plot(values, [row] * len(values), "o", color=ASKED, alpha=0.5, markersize=6)
        axes.plot([median, median], [row - 0.3, row + 0.3], color=WASTED, linewidth=3)
        told.append(f"{name}: median {median:,.0f}, from {min(values):,.0f} to {max(values):,.0f}")
        rows.append([name, *(f"{value:,.0f}" for value in (median, min(values), max(values))), str(len(values))])
    axes.set_yticks(range(len(rates)), list(rates))
    axes.invert_yaxis()
    axes.set_xlim(0)
    axes.set_xlabel(f"{unit}; dots: measurements, bar: median")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.spines[["top", "right"]].set_visible(False)
    table = Table([unit, "median", "least", "most", "measurements"], rows)
    return picture_of(figure, f"{unit.capitalize()}. {'; '.join(told)}.", table)


def plot_blowup(mapped, needed):
    """Memory that is mapped, as a multiple of what is needed, against the number of lanes.

    Args:    mapped: {lanes: bytes}; needed: int, bytes, 1 or more.
    Returns: Picture.
    Raises:  ValueError.
    """
    if not mapped or needed < 1:
        raise ValueError(f"{len(mapped)} numbers of lanes, {needed} bytes needed; expected 1 or more of both")
    figure = Figure(figsize=(7, 3), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    lanes = sorted(mapped)
    ratios = [mapped[lane] / needed for lane in lanes]
    axes.plot(lanes, ratios, "o-", color=ASKED, linewidth=2)
    for lane, ratio in zip(lanes, ratios, strict=True):
        side = "center" if lane == lanes[0] else "right"  # clear of the line, which rises to the right
        axes.annotate(f"{ratio:,.1f}", (lane, ratio), (0, 7), textcoords="offset points", ha=side, color=INK)
    axes.set_ylim(0, max(ratios) * 1.15)
    axes.set_xlabel("lanes")
    axes.set_ylabel("mapped / needed")
    axes.set_xscale("log", base=2)
    axes.set_xticks(lanes, [str(lane) for lane in lanes], minor=False)
    axes.spines[["top", "right"]].set_visible(False)
    counted = ["1 lane" if lane == 1 else f"{lane} lanes" for lane in lanes]
    told = [f"{ratio:,.1f} times with {lane}" for lane, ratio in zip(counted, ratios, strict=True)]
    table = Table(
        ["lanes", "bytes mapped", "bytes needed", "mapped / needed"],
        [
            [str(lane), f"{mapped[lane]:,}", f"{needed:,}", f"{ratio:,.1f}"]
            for lane, ratio in zip(lanes, ratios, strict=True)
        ],
    )
    return picture_of(figure, f"Memory mapped, of {needed:,} bytes needed: {', '.join(told)}.", table)
