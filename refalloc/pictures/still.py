"""Stills: what the browser draws on a canvas, as a PNG of a few KB. Colours and textures are those of the browser."""

import io
import json
from importlib import resources
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from refalloc.trace.state import LIVE

_TEXTURES = ("fresh", "free", "live", "held", "spare")  # by status, and then of what was not asked for
SPARE = _TEXTURES.index("spare")
PALETTE = json.loads((resources.files("refalloc") / "pictures" / "static" / "palette.json").read_text("utf-8"))
MARGIN = 16  # pixels
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # DejaVu: the same letters on every machine
_FILES = {"plain": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "mono": "DejaVuSansMono.ttf"}


def tile(theme, texture):
    """A state's texture: array, shape (8, 8, 3), uint8."""
    base, mark = (np.array(_rgb(colour), np.uint8) for colour in PALETTE[theme][texture])
    dots = np.array([[dot == "#" for dot in row] for row in PALETTE["tiles"][texture]])
    return np.where(dots[:, :, None], mark, base)


def one_of_many(index):
    """The colour of one of many lanes, classes or threads: "#rrggbb"; eight, then again."""
    return PALETTE["many"][index % len(PALETTE["many"])]


class Still:
    """A picture that is written from top to bottom.

    Args:    width, height: int, pixels; what is not used of the height is cut off. theme: "light" or "dark".
    """

    def __init__(self, width, height, theme="light"):
        self.theme = theme
        self.colours = PALETTE[theme]
        self.image = Image.new("RGB", (width, height), self.colours["page"])
        self.draw = ImageDraw.Draw(self.image)
        self.y = MARGIN

    def text(self, text, x=MARGIN, y=None, style="plain", size=13, colour="ink"):
        """One line. Returns its width; moves on unless `y` is given."""
        font = _font(style, size)
        self.draw.text((x, self.y if y is None else y), text, self.colours.get(colour, colour), font)
        if y is None:
            self.y += size + 6
        return self.draw.textlength(text, font)

    def paragraph(self, text, x=MARGIN, width=None, style="plain", size=13, colour="ink"):
        """Text in lines of at most `width` pixels."""
        width = self.image.width - x - MARGIN if width is None else width
        for line in self._lines(text, width, _font(style, size)):
            self.text(line, x, None, style, size, colour)

    def _lines(self, text, width, font):
        line = ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self.draw.textlength(longer, font) > width:
                yield line
                line = word
            else:
                line = longer
        if line:
            yield line

    def table(self, table, x=MARGIN, width=None, size=12, most=12):
        """Rows of text under their columns; rows past `most` are counted, not shown."""
        width = self.image.width - x - MARGIN if width is None else width
        font = _font("plain", size)
        rows = [table.columns, *table.rows[:most]]
        widths = [max(self.draw.textlength(cell, font) for cell in column) + 14 for column in zip(*rows, strict=True)]
        scale = min(1, width / sum(widths))
        for row in rows:
            left = x
            height = 1
            top = self.y
            colour = "faint" if row is rows[0] else "ink"
            for cell, column_width in zip(row, widths, strict=True):
                lines = list(self._lines(cell, column_width * scale - 6, font)) or [""]
                height = max(height, len(lines))
                for number, line in enumerate(lines):
                    self.text(line, left, top + number * (size + 4), "plain", size, colour)
                left += column_width * scale
            self.y = top + height * (size + 4) + 4
            self.draw.line([(x, self.y - 2), (x + min(width, sum(widths)), self.y - 2)], self.colours["line"])
        if len(table.rows) > most:
            self.text(f"and {len(table.rows) - most} more", x, None, "plain", size, "faint")

    def swatches(self, legend, x=MARGIN):
        """A legend: [(texture, text)], in lines."""
        left = x
        for texture, text in legend:
            width = 30 + self.draw.textlength(text, _font("plain", 12)) + 16
            if left + width > self.image.width:
                left, self.y = x, self.y + 20
            swatch = np.tile(tile(self.theme, texture), (2, 3, 1))
            self.image.paste(Image.fromarray(swatch), (int(left), self.y))
            self.draw.rectangle([left, self.y, left + 23, self.y + 15], outline=self.colours["line"])
            self.text(text, left + 30, self.y, "plain", 12)
            left += width
        self.y += 22

    def png(self):
        """The picture down to where it was written: bytes."""
        cut = self.image.crop((0, 0, self.image.width, min(self.image.height, self.y + MARGIN)))
        out = io.BytesIO()
        cut.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()


def slab_image(theme, slots, slot_size, slab_len, width, height, rows=64):
    """A slab as the browser draws it at its first zoom: rows of bytes. Image of (width, height).

    Args:    slots: array of SLOT, as State.slots gives it.
    """
    textures = np.stack([tile(theme, name) for name in _TEXTURES])
    row_len = slab_len // rows
    row_height = height // rows
    offsets = np.arange(rows)[:, None] * row_len + np.arange(width)[None, :] * row_len // width
    row_ends = (np.arange(rows)[:, None] + 1) * row_len
    slot = offsets // slot_size
    is_left_over = slot >= len(slots)  # at the end of a slab that its slots do not fill
    known = np.minimum(slot, len(slots) - 1)
    which = slots["status"][known].astype(int)
    which[(which == LIVE) & (offsets - slot * slot_size >= slots["length"][known])] = SPARE
    which = which.repeat(row_height, axis=0)
    y, x = np.indices(which.shape)
    pixels = textures[which, y % 8, x % 8]
    is_gap = is_left_over.repeat(row_height, axis=0)
    if slot_size * width / row_len >= 4:
        is_gap |= np.diff(slot, axis=1, append=row_ends // slot_size).astype(bool).repeat(row_height, axis=0)
    is_gap[row_height - 1 :: row_height] |= (slot + 1) * slot_size <= row_ends
    pixels[is_gap] = _rgb(PALETTE[theme]["gap"])
    return Image.fromarray(pixels)


def _rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))


def _font(style, size):
    return ImageFont.truetype(_FONTS / _FILES[style], size)
