"""How much memory is taken as time goes on. Colours and ground as in plots.py."""

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from refalloc.pictures.plots import CURVES, DPI, picture_of


def plot_growth(curves, counted):
    """Bytes over what has happened so far, a curve for each allocator.

    Args:    curves: {name: list of int, bytes, one after each of what is counted}, up to three; counted: str, what the
             places in the lists count, such as "messages".
    Returns: Picture.
    Raises:  ValueError for no curve, more than three, or an empty one.
    """
    if not 1 <= len(curves) <= len(CURVES) or not all(curves.values()):
        raise ValueError(f"{len(curves)} curves; expected 1 to {len(CURVES)}, and none of them empty")
    figure = Figure(figsize=(7, 3.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    told = []
    for (name, values), (colour, dashes) in zip(curves.items(), CURVES, strict=False):
        axes.plot(range(1, len(values) + 1), values, color=colour, linestyle=dashes, linewidth=2, label=name)
        told.append(f"{name}: {values[0]:,} bytes at first, {max(values):,} at most, {values[-1]:,} in the end")
    axes.set_xlim(0)
    axes.set_ylim(0)
    axes.set_xlabel(counted)
    axes.set_ylabel("bytes")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return picture_of(figure, f"Bytes over {counted}. {'; '.join(told)}.")
