"""Allocators beside glibc, as a plot: time and memory of each workload. Colours as in plots.py."""

import statistics

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, StrMethodFormatter

from refalloc.pictures.plots import DPI, INK, picture_of
from refalloc.pictures.story import Table

# Okabe and Ito's, but yellow, and a shape of its own for each, so that colour is never alone.
MARKS = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#E69F00", "v"), ("#56B4E9", "P"))
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 200)
CLOSE_TICKS = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.7, 2)  # where all ratios are CLOSE
CLOSE = 4  # times the least at most


def plot_ratios(report):
    """CPU time, with its quartiles, and peak memory, as multiples of glibc's, on logarithmic scales.

    Args:    report: dict, of refalloc.bench.native.measure or refalloc.bench.programs.measure.
    Returns: Picture.
    Raises:  ValueError for no peer beside glibc, or more than can be told apart.
    """
    peers = [peer for peer in report["peers"] if peer != "glibc"]
    if not 1 <= len(peers) <= len(MARKS):
        raise ValueError(f"{len(peers)} allocators beside glibc; expected 1 to {len(MARKS)}, so that each has its mark")
    names = [workload["name"] for workload in report["workloads"]]
    figure = Figure(figsize=(9, 1.4 + 0.42 * len(names)), dpi=DPI, layout="constrained")
    time_axes, memory_axes = figure.subplots(1, 2, sharey=True)
    for number, (peer, (colour, shape)) in enumerate(zip(peers, MARKS, strict=False)):
        rows = [row for row in report["results"] if row["peer"] == peer]
        places = [names.index(row["workload"]) + (number - (len(peers) - 1) / 2) * 0.12 for row in rows]
        ratios = [row["cpu_ratio"] for row in rows]
        reach = [
            [row["cpu_ratio"] - row["cpu_low"] for row in rows],
            [row["cpu_high"] - row["cpu_ratio"] for row in rows],
        ]
        time_axes.errorbar(ratios, places, xerr=reach, fmt=shape, color=colour, markersize=5, linewidth=1, label=peer)
        memory_axes.plot([row["memory_ratio"] for row in rows], places, shape, color=colour, markersize=5)
    for axes, title in ((time_axes, "CPU time / glibc's"), (memory_axes, "peak memory / glibc's")):
        axes.set_xscale("log")
        least, most = axes.get_xlim()
        axes.xaxis.set_major_locator(FixedLocator(CLOSE_TICKS if most / least <= CLOSE else TICKS))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.axvline(1, color=INK, linewidth=1)
        axes.set_xlabel(title)
        axes.spines[["top", "right"]].set_visible(False)
    time_axes.set_yticks(range(len(names)), names)
    time_axes.invert_yaxis()
    figure.legend(loc="outside upper center", ncols=len(peers), frameon=False)
    return picture_of(
        figure,
        f"CPU time and peak memory as multiples of glibc's, geometric means: {_told(report, peers)}.",
        _table(report, peers),
    )


def _table(report, peers):
    numbers = ("cpu_ratio", "cpu_low", "cpu_high", "memory_ratio")
    columns = ["workload", "allocator", "CPU time / glibc's", "lower quartile", "upper quartile"]
    return Table(
        [*columns, "peak memory / glibc's"],
        [
            [row["workload"], row["peer"], *(f"{row[number]:.2f}" for number in numbers)]
            for row in report["results"]
            if row["peer"] in peers
        ],
    )


def _told(report, peers):
    means = []
    for peer in peers:
        rows = [row for row in report["results"] if row["peer"] == peer]
        time, memory = (statistics.geometric_mean(row[name] for row in rows) for name in ("cpu_ratio", "memory_ratio"))
        means.append(f"{peer} {time:.2f} and {memory:.2f}")
    return ", ".join(means)
