"""Allocators as points: how much space, how much time, and what has the same product of both."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from refalloc.pictures.plots import CURVES, DPI, INK, picture_of
from refalloc.pictures.story import Table

TICKS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8]


def plot_space_and_time(points):
    """Each allocator a point, with the curve of all that have its product of space and time as 1.

    Args:    points: {name: (space, time)}, floats above 0, as multiples of one of them.
    Returns: Picture.
    Raises:  ValueError for none, or for one that is not above 0.
    """
    if not points or min(min(point) for point in points.values()) <= 0:
        raise ValueError(f"points are {points}; expected one at least, each with space and time above 0")
    figure = Figure(figsize=(6, 4.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    spaces, times = zip(*points.values(), strict=True)
    low, high = min(*spaces, *times, 0.6) / 1.3, max(*spaces, *times, 1.6) * 1.3
    line = np.geomspace(low, high)
    axes.plot(line, 1 / line, color=INK, linestyle=CURVES[1][1], linewidth=1)
    axes.plot(spaces, times, "o", color=CURVES[0][0], zorder=4)  # above the names
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # the dashed line would run through a name
    for name, point in points.items():
        axes.annotate(name, point, xytext=(6, 5), textcoords="offset points", color=INK, bbox=ground)
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    axes.set(xlabel="space, as a multiple (on the dashed line, space times time is 1)", ylabel="time, as a multiple")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([tick for tick in TICKS if low <= tick <= high])
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.spines[["top", "right"]].set_visible(False)
    told = [f"{name} {space:.2f} and {time:.2f}, product {space * time:.2f}" for name, (space, time) in points.items()]
    table = Table(
        ["allocator", "space", "time", "space times time"],
        [[name, *(f"{value:.2f}" for value in (*point, point[0] * point[1]))] for name, point in points.items()],
    )
    return picture_of(figure, f"Space and time: {'; '.join(told)}.", table)
