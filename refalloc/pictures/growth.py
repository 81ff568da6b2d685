"""How much memory is taken as time goes on. Colours and ground as in plots.py."""

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from refalloc.pictures.plots import CURVES, DPI, picture_of
from refalloc.pictures.story import Table

ROWS = 10  # of the table, besides the first


def plot_growth(curves, counted):
    """Bytes over what has happened so far, a curve for each allocator.

    Args:    curves: {name: list of int, bytes, one after each of what is counted; or, where it was looked at now and
             then, {how many were counted: bytes}}, up to three; counted: str, what is counted, such as "messages".
    Returns: Picture.
    Raises:  ValueError for no curve, more than three, or an empty one.
    """
    if not 1 <= len(curves) <= len(CURVES) or not all(curves.values()):
        raise ValueError(f"{len(curves)} curves; expected 1 to {len(CURVES)}, and none of them empty")
    figure = Figure(figsize=(7, 3.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    told = []
    for (name, curve), (colour, dashes) in zip(curves.items(), CURVES, strict=False):
        places, values = zip(*_points(curve).items(), strict=True)
        axes.plot(places, values, color=colour, linestyle=dashes, linewidth=2, label=name)
        told.append(f"{name}: {values[0]:,} bytes at first, {max(values):,} at most, {values[-1]:,} in the end")
    axes.set_xlim(0)
    axes.set_ylim(0)
    axes.set_xlabel(counted)
    axes.set_ylabel("bytes")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    figure.legend(loc="outside upper center", ncols=len(curves), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return picture_of(figure, f"Bytes over {counted}. {'; '.join(told)}.", _table(curves, counted))


def _points(curve):
    """A curve as {how many were counted: bytes}, in their order."""
    return dict(sorted(curve.items())) if isinstance(curve, dict) else dict(enumerate(curve, start=1))


def _table(curves, counted):
    """The curves at ROWS + 1 places at most: of those where each was looked at, if not all were always."""
    points = {name: _points(curve) for name, curve in curves.items()}
    seldom = [points[name] for name, curve in curves.items() if isinstance(curve, dict)]
    known = sorted(set().union(*(seldom or points.values())))
    places = [known[(len(known) - 1) * row // ROWS] for row in range(ROWS + 1)]
    rows = [
        [f"{place:,}", *(f"{curve[place]:,}" if place in curve else "" for curve in points.values())]
        for place in dict.fromkeys(places)
    ]
    return Table([counted, *(f"bytes, {name}" for name in curves)], rows)
