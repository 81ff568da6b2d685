"""Slabs and what is noted in them. Colours and ground as in plots.py."""

import itertools

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from refalloc.allocator import SLAB_LEN, slot_size
from refalloc.pictures.plots import DPI, INK, WASTED, picture_of

FREE = "#FFFFFF"
LIGHT = "#9AD0F0"  # numbers stand on it
LINK = "#D55E00"
ARC = 0.35  # how far an arrow bends, as a share of its length: the longest just stays in the picture


def plot_free_list(heap, lane, size_class, slab, slot_count):
    """The first slots of a slab, side by side by address, and the free list that leads through them.

    Args:    heap: any heap, at rest; lane: of that heap; size_class: int; slab: int, its address;
             slot_count: int, slots to draw, 2 to 16.
    Returns: Picture. The walk along the list ends at the first link that leads to none of the slots drawn.
    """
    slot_len = slot_size(size_class)
    slots = [slab + number * slot_len for number in range(slot_count)]
    walk = _walk(heap, lane.frees[size_class], slots)
    figure = Figure(figsize=(8, 3.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for number, slot in enumerate(slots):
        free = slot in walk
        axes.add_patch(Rectangle((number, 0), 1, 1, facecolor=FREE if free else LIGHT, edgecolor=INK, linewidth=1.5))
        what = f"free\nlist: {walk.index(slot) + 1}" if free else "live"
        axes.text(number + 0.5, 0.5, f"{number}\n{what}", ha="center", va="center", color=INK)
    places = [slots.index(slot) for slot in walk]
    for start, end in itertools.pairwise(places):
        side = 1.03 if end > start else -0.03  # to higher addresses above the slots, to lower ones below
        arrow = FancyArrowPatch((start + 0.5, side), (end + 0.5, side), connectionstyle=f"arc3,rad={-ARC}")
        arrow.set(arrowstyle="-|>", mutation_scale=12, color=LINK, linewidth=1.5)
        axes.add_patch(arrow)
    axes.set_xlim(-0.1, slot_count + 0.1)
    axes.set_ylim(-1.75, 2.55)
    axes.set_axis_off()
    return picture_of(figure, _free_list_sentence(slot_len, slot_count, places))


def _walk(heap, addr, slots):
    """The slots that a list leads through, until it ends, leaves `slots` or comes back."""
    walk: list[int] = []
    while addr in slots and addr not in walk:
        walk.append(addr)
        addr = heap.load(addr)
    return walk


def _free_list_sentence(slot_len, slot_count, places):
    head = f"Slots 0 to {slot_count - 1} of a slab, {slot_len} bytes each."
    if not places:
        return f"{head} None of them is free."
    live = [str(number) for number in range(slot_count) if number not in places]
    chain = ", then ".join(map(str, places))
    return f"{head} The free list leads through slot {chain}. Live: {', '.join(live) or 'none'}."


def plot_shifted_slabs(rows, slab_len=SLAB_LEN):
    """What becomes of slabs that do not start where the end test believes: at a multiple of their length.

    Args:    rows: {name: (shift, slot_len)}, in bytes: where the slab starts after a multiple of slab_len, and its
             slots, a power of two each; slab_len: int, bytes.
    Returns: Picture. Slots that are handed out lie over the slab; hatched: those past its end, or never handed out.
    """
    figure = Figure(figsize=(8, 0.8 + 0.75 * len(rows)), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    told = []
    for row, (name, (shift, slot_len)) in enumerate(rows.items()):
        end, stop = shift + slab_len, _stop(shift, slot_len, slab_len)
        axes.add_patch(Rectangle((shift, row + 0.62), slab_len, 0.16, facecolor=INK, edgecolor="none"))
        for start in range(shift, max(end, stop), slot_len):
            outside, unused = start >= end, start >= stop
            fill = WASTED if outside else FREE if unused else LIGHT
            hatch = "////" if outside or unused else ""
            edge = INK if not outside else "white"
            axes.add_patch(Rectangle((start, row + 0.2), slot_len, 0.4, facecolor=fill, edgecolor=edge, hatch=hatch))
            axes.add_patch(Rectangle((start, row + 0.2), slot_len, 0.4, facecolor="none", edgecolor=INK))
        told.append(_shift_sentence(name, shift, slot_len, end, stop, slab_len))
    for multiple in (0, 1, 2):
        axes.axvline(multiple * slab_len, color=LINK, linestyle="dashed", linewidth=1.5)
    axes.set_xlim(-slab_len * 0.02, slab_len * 2.02)
    axes.set_ylim(len(rows), 0)
    axes.set_yticks([row + 0.4 for row in range(len(rows))], list(rows))
    axes.set_xticks([slab_len * eighth // 4 for eighth in range(9)])
    axes.set_xlabel(
        "bytes from a multiple of the slab's length (dashed: where the end test stops; black bar: the slab)"
    )
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "left", "right"]].set_visible(False)
    return picture_of(figure, " ".join(told))


def _stop(shift, slot_len, slab_len):
    """Where the end test stops: the first next_addr at a multiple of slab_len; past the picture when there is none."""
    return next(
        (addr for addr in range(shift + slot_len, 2 * slab_len, slot_len) if addr % slab_len == 0), 2 * slab_len
    )


def _shift_sentence(name, shift, slot_len, end, stop, slab_len):
    head = f"{name}: slots of {slot_len} bytes in a slab that starts {shift} bytes after a multiple of {slab_len}"
    if stop == end:
        return f"{head}; the end test stops at its end."
    if stop < end:
        return f"{head}; the end test stops {end - stop} bytes before its end."
    return f"{head}; the end test does not stop at its end, and slots are handed out past it."
