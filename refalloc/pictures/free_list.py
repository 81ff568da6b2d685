"""A free list over its slots. Colours and ground as in plots.py."""

import itertools

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from refalloc.allocator import slot_size
from refalloc.pictures.plots import DPI, INK, picture_of
from refalloc.pictures.story import Table

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
    return picture_of(figure, _free_list_sentence(slot_len, slot_count, places), _table(slot_len, slot_count, places))


def _table(slot_len, slot_count, places):
    rows = []
    for slot in range(slot_count):
        place = str(places.index(slot) + 1) if slot in places else ""
        rows.append([str(slot), str(slot * slot_len), "free" if place else "live", place])
    return Table(["slot", "from byte", "state", "place in the free list"], rows)


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
