"""Memory byte by byte, and what lies in it. Colours and ground as in plots.py."""

import itertools

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from refalloc.pictures.plots import DPI, INK, picture_of
from refalloc.pictures.story import Table

FILLS = ("#9AD0F0", "#F3E79B", "#A8DFC9")  # light tones of three of the palette's colours: characters stand on them
SHARED = "#E69F00"
FREE = "#FFFFFF"


def plot_bytes(data, blocks=None, row_len=8):
    """Bytes in rows, and the blocks that they belong to.

    Args:    data: bytes, up to 256; blocks: {name: (offset, length)}, up to three, in bytes from the start of `data`;
             row_len: int, bytes in a row.
    Returns: Picture. A byte of two blocks is hatched.
    Raises:  ValueError.
    """
    blocks = blocks or {}
    if not 1 <= len(data) <= 256 or len(blocks) > len(FILLS):
        raise ValueError(f"{len(data)} bytes and {len(blocks)} blocks; 1 to 256 and up to {len(FILLS)} can be drawn")
    row_count = -(-len(data) // row_len)
    figure = Figure(figsize=(0.5 * row_len + 1, 0.4 * row_count + 0.9), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for offset, byte in enumerate(data):
        row, column = divmod(offset, row_len)
        owners = _owners(blocks, offset)
        fill = SHARED if len(owners) > 1 else FILLS[owners[0]] if owners else FREE
        hatch = "////" if len(owners) > 1 else ""
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor="white" if hatch else INK, hatch=hatch))
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor="none", edgecolor=INK, linewidth=0.8))
        box = {"facecolor": SHARED, "edgecolor": "none", "pad": 1} if hatch else None
        axes.text(column + 0.5, row + 0.52, _shown(byte), ha="center", va="center", color=INK, bbox=box)
    axes.set_xlim(0, row_len)
    axes.set_ylim(row_count, 0)
    axes.set_xticks([column + 0.5 for column in range(row_len)], [f"+{column}" for column in range(row_len)])
    axes.set_yticks([row + 0.5 for row in range(row_count)], [str(row * row_len) for row in range(row_count)])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if blocks:
        keys = [Rectangle((0, 0), 1, 1, facecolor=FILLS[place], edgecolor=INK) for place in range(len(blocks))]
        figure.legend(keys, list(blocks), loc="outside lower center", ncols=len(blocks), frameon=False)
    return picture_of(figure, _bytes_sentence(data, blocks, row_len), _bytes_table(data, blocks, row_len))


def plot_layouts(layouts, length):
    """Blocks as bars along their region, one region under the other, to scale.

    Args:    layouts: {name: list of (offset, length)}, in bytes, lowest first, none overlapping; length: int, bytes, of
             the regions.
    Returns: Picture. What lies between two blocks is padding, and hatched.
    Raises:  ValueError for a block that is not inside, or overlaps the one before.
    """
    figure = Figure(figsize=(8, 0.65 * len(layouts) + 0.7), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    told, rows = [], []
    for row, (name, blocks) in enumerate(layouts.items()):
        end = padding = 0
        for offset, block_len in blocks:
            if not end <= offset <= offset + block_len <= length:
                raise ValueError(f"{name}: block {offset} to {offset + block_len} does not lie in {end} to {length}")
            axes.add_patch(Rectangle((end, row), offset - end, 0.7, facecolor=SHARED, edgecolor="white", hatch="////"))
            axes.add_patch(Rectangle((offset, row), block_len, 0.7, facecolor=FILLS[0], edgecolor=INK))
            if end < offset:
                rows.append([name, "padding", str(end), str(offset - end)])
            rows.append([name, "block", str(offset), str(block_len)])
            padding += offset - end
            end = offset + block_len
        axes.add_patch(Rectangle((0, row), length, 0.7, facecolor="none", edgecolor=INK))
        told.append(f"{name}: {len(blocks)} blocks in {end} bytes, {padding} of them padding")
    axes.set_xlim(0, length)
    axes.set_ylim(len(layouts) - 0.2, -0.1)
    axes.set_yticks([row + 0.35 for row in range(len(layouts))], list(layouts))
    axes.xaxis.set_major_locator(MultipleLocator(8))
    axes.set_xlabel("bytes from the start of the region (blue: blocks; hatched: padding)")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "left", "right"]].set_visible(False)
    table = Table(["region", "what", "from byte", "bytes"], rows)
    return picture_of(figure, f"{'; '.join(told)}.", table)


def _owners(blocks, offset):
    """The places of the blocks that a byte belongs to."""
    return [place for place, (start, length) in enumerate(blocks.values()) if start <= offset < start + length]


def _bytes_table(data, blocks, row_len):
    """A row for each run of bytes that lie in one row of the picture and belong to the same blocks."""
    names = list(blocks)
    rows = []
    for (_, owners), run in itertools.groupby(
        range(len(data)), key=lambda offset: (offset // row_len, _owners(blocks, offset))
    ):
        first, *rest = run
        last = rest[-1] if rest else first
        shown = " ".join(_shown(byte) for byte in data[first : last + 1])
        whose = " and ".join(names[owner] for owner in owners) or "none"
        rows.append([f"{first} to {last}" if rest else str(first), shown, whose])
    return Table(["bytes", "what they hold", "blocks they belong to"], rows)


def _shown(byte):
    return chr(byte) if 0x21 <= byte <= 0x7E else "\u2423" if byte == 0x20 else f"{byte:x}"


def _bytes_sentence(data, blocks, row_len):
    told = [f"{len(data)} bytes in rows of {row_len}: {bytes(data)!r}."]
    told += [f"{name} has bytes {start} to {start + length - 1}." for name, (start, length) in blocks.items()]
    shared = [offset for offset in range(len(data)) if len(_owners(blocks, offset)) > 1]
    if shared:
        told.append(f"{len(shared)} bytes, {shared[0]} to {shared[-1]}, belong to more than one.")
    return " ".join(told)
