"""Still pictures for lessons, drawn with matplotlib.

Colours are of Okabe and Ito's palette, which colour-blind readers can tell apart, and never alone: waste is hatched,
curves differ in their dashes. The ground is white in a dark notebook too, so that a kept picture reads everywhere.
"""

import io
from dataclasses import dataclass
from html import escape

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from PIL import Image

from refalloc.pictures.story import Table

ASKED, WASTED, INK = "#0072B2", "#E69F00", "#333333"
CURVES = (("#D55E00", "solid"), ("#0072B2", "dashed"), ("#009E73", "dotted"))
DPI = 100
COLOUR_COUNT = 32


@dataclass(frozen=True)
class Picture:
    """A picture that a notebook shows, and below it a table of the same facts, folded.

    Two outputs, as a notebook shows one form of each: of HTML that holds the picture too, a notebook that is not
    trusted would leave out the picture, and a picture alone is silent in a screen reader, as JupyterLab and nbconvert
    leave out its alternative text.

    Attributes: png: bytes; sentence: str, what it shows; table: Table.
    """

    png: bytes
    sentence: str
    table: Table

    def __repr__(self):
        return self.sentence

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/png": self.png, "text/plain": self.sentence}, {"image/png": {"alt": self.sentence}}

    def _ipython_display_(self):
        from IPython.display import display  # here: whoever calls this has it loaded

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        display({"text/html": self.table_html()}, raw=True)  # no text/plain: a terminal has the sentence already

    def table_html(self):
        """The sentence and the table, as HTML that unfolds: str."""
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in self.table.columns)
        rows = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.table.rows]
        return (
            f"<details><summary>The same as a table</summary><p>{escape(self.sentence)}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></details>"
        )


def plot_slots(slot_len, asked_lens):
    """Blocks in the first slots of a slab, to scale.

    Args:    slot_len: int, bytes; asked_lens: list of int, bytes, one block a slot, none longer than it.
    Returns: Picture.
    Raises:  ValueError for a block that its slot does not hold.
    """
    for asked_len in asked_lens:
        if not 1 <= asked_len <= slot_len:
            raise ValueError(f"a block of {asked_len} bytes is not one of 1 to {slot_len}, which its slot holds")
    figure = Figure(figsize=(8, 1.9), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for slot, asked_len in enumerate(asked_lens):
        start = slot * slot_len
        axes.add_patch(Rectangle((start, 0), asked_len, 1, facecolor=ASKED, edgecolor="none"))
        rest = slot_len - asked_len
        axes.add_patch(Rectangle((start + asked_len, 0), rest, 1, facecolor=WASTED, edgecolor="white", hatch="////"))
        axes.add_patch(Rectangle((start, 0), slot_len, 1, facecolor="none", edgecolor=INK, linewidth=1.5))
        axes.annotate(f"{asked_len} asked, {rest} wasted", (start + slot_len / 2, 1.12), ha="center", color=INK)
    axes.set_xlim(0, slot_len * len(asked_lens))
    axes.set_ylim(0, 1.4)
    axes.set_xticks([slot * slot_len for slot in range(len(asked_lens) + 1)])
    axes.set_yticks([])
    axes.set_xlabel("bytes from the start of the slab (blue: asked for; hatched: wasted)")
    axes.spines[["top", "left", "right"]].set_visible(False)
    blocks = "; ".join(f"{asked_len} asked for, {slot_len - asked_len} wasted" for asked_len in asked_lens)
    table = Table(
        ["slot", "from byte", "bytes asked for", "bytes wasted"],
        [
            [str(slot), str(slot * slot_len), str(asked_len), str(slot_len - asked_len)]
            for slot, asked_len in enumerate(asked_lens)
        ],
    )
    return picture_of(figure, f"{len(asked_lens)} slots of {slot_len} bytes side by side: {blocks}.", table)


def plot_stairs(tables, longest):
    """What is given for each length asked for: a stair for each table of slots, over the line of no waste.

    Args:    tables: {name: list of int, bytes, smallest slot first}, up to three; longest: int, bytes, the last
             length drawn, no longer than the last slot of any table.
    Returns: Picture.
    Raises:  ValueError.
    """
    if not 1 <= len(tables) <= len(CURVES):
        raise ValueError(f"{len(tables)} tables of slots; expected 1 to {len(CURVES)}, so that they can be told apart")
    figure = Figure(figsize=(7, 4), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, longest], [0, longest], color=INK, linewidth=1, label="as asked, no waste")
    for (name, slots), (colour, dashes) in zip(tables.items(), CURVES, strict=False):
        if slots[-1] < longest:
            raise ValueError(f"{name}: the last slot, {slots[-1]} bytes, does not hold a length of {longest}")
        starts = [0, *(slot for slot in slots if slot < longest)]
        given = [slots[place] for place in range(len(starts))]
        axes.stairs(given, [*starts, longest], baseline=None, color=colour, linestyle=dashes, linewidth=2, label=name)
    axes.set_xlim(0, longest)
    axes.set_ylim(0)
    axes.set_xlabel("bytes asked for")
    axes.set_ylabel("bytes given")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(longest / 8))  # lengths are powers of two: so are these
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    steps = "; ".join(
        f"{name}: {', '.join(str(slot) for slot in slots if slot < 2 * longest)}" for name, slots in tables.items()
    )
    return picture_of(
        figure,
        f"Stairs of bytes given over bytes asked for, 1 to {longest}. Sizes of slot, {steps}. The height of a stair "
        "over the straight line is what is wasted: most just after a step, none at its end.",
        _stairs_table(tables, longest),
    )


def _stairs_table(tables, longest):
    """A row for each range of lengths in which no table has a step."""
    ends = sorted({slot for slots in tables.values() for slot in slots if slot < longest} | {longest})
    rows = []
    for start, end in zip([1, *(end + 1 for end in ends)], ends, strict=False):
        given = [str(next(slot for slot in slots if slot >= end)) for slots in tables.values()]
        rows.append([f"{start} to {end}" if start < end else str(end), *given])
    return Table(["bytes asked for", *(f"bytes given, {name}" for name in tables)], rows)


def plot_waste(factors):
    """Bytes given for each byte asked for, by program and table of slots, as bars.

    Args:    factors: {program: {name of a table: float, 1 or more}}, the same tables for each program, up to three.
    Returns: Picture.
    """
    names = list(next(iter(factors.values())))
    figure = Figure(figsize=(7, 3.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    height = 0.8 / len(names)
    for row, (name, (colour, _), hatch) in enumerate(zip(names, CURVES, ("", "////", ".."), strict=False)):
        places = [program + row * height for program in range(len(factors))]
        values = [table[name] for table in factors.values()]
        bars = axes.barh(places, values, height * 0.9, color=colour, hatch=hatch, edgecolor="white", label=name)
        axes.bar_label(bars, fmt="%.2f", padding=3, color=INK)
    axes.set_yticks([program + 0.4 - height / 2 for program in range(len(factors))], list(factors))
    axes.invert_yaxis()
    axes.set_xlim(1, max(max(table.values()) for table in factors.values()) * 1.08)
    axes.set_xlabel("bytes given for each byte asked for (1: no waste)")
    axes.legend(loc="upper right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    told = "; ".join(
        f"{program}: {', '.join(f'{value:.2f} with {name}' for name, value in table.items())}"
        for program, table in factors.items()
    )
    table = Table(
        ["bytes given for each asked for", *names],
        [[program, *(f"{values[name]:.2f}" for name in names)] for program, values in factors.items()],
    )
    return picture_of(figure, f"Bytes given for each byte asked for. {told}.", table)


def picture_of(figure, sentence, table):
    """A matplotlib Figure, and what it shows in a sentence and in a Table, as a Picture."""
    drawn, stream = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", facecolor="white")
    # Few colours, a quarter of the bytes: lessons keep some pictures in the repository.
    Image.open(drawn).convert("RGB").quantize(COLOUR_COUNT).save(stream, format="png", optimize=True)
    return Picture(stream.getvalue(), sentence, table)
