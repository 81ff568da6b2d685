"""SizeClasses: a length, the slot that it gets, and what is spare, with other spacings of the classes beside it."""

import itertools
import math

import traitlets

from refalloc.allocator import PAGE_ALIGN_LOG2, SIZE_CLASS_COUNT, WORD_LEN, slot_size
from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, Still, one_of_many
from refalloc.pictures.story import Table, sentence

LARGEST = slot_size(SIZE_CLASS_COUNT - 1)
PAGE_LEN = 1 << PAGE_ALIGN_LOG2
MAX_LENGTH = 1 << 17  # bytes that can be chosen
MAX_ALIGN_LOG2 = 16
SMALLEST_SPAN = 256  # bytes along the axes of the stair
DASHES = ((), (8, 4), (2, 3))  # of the stairs, pixels; also in static/size_classes.js
_CHART = (808, 300)  # pixels
_LABELS = 60  # pixels, left of the chart


def spaced(per_doubling):
    """Slot sizes with so many classes a doubling: list of int, bytes, multiples of a word, 8 to 32768."""
    sizes = {LARGEST}
    power = WORD_LEN
    while power < LARGEST:
        sizes.update(-(-(power + i * power // per_doubling) // WORD_LEN) * WORD_LEN for i in range(per_doubling))
        power *= 2
    return sorted(sizes)


SPACINGS = {
    "one a doubling": [slot_size(size_class) for size_class in range(SIZE_CLASS_COUNT)],
    "two a doubling": spaced(2),
    "four a doubling": spaced(4),
}


def fit(sizes, length, alignment):
    """(size_class, bytes given) of a block; size_class is None for a large one.

    Slots begin at multiples of their size, so a size that is a multiple of the alignment is aligned enough.
    """
    for size_class, size in enumerate(sizes):
        if size >= length and size % alignment == 0:
            return size_class, size
    return None, -(-length // PAGE_LEN) * PAGE_LEN


class SizeClasses(Picture):
    """Sliders for length and alignment; the class, its slot, what is spare, and the stair of asked against given.

    Args:    length: int, bytes, 1 to 131072; align_log2: int, 0 to 16.
    Raises:  traitlets.TraitError for others.
    """

    _esm = joined_module("size_classes.js")
    _spacings = traitlets.Dict(SPACINGS).tag(sync=True)
    length = traitlets.Int(100, min=1, max=MAX_LENGTH).tag(sync=True)
    align_log2 = traitlets.Int(3, min=0, max=MAX_ALIGN_LOG2).tag(sync=True)

    def __init__(self, length=100, align_log2=3, **traits):
        title = traits.pop("title", "SizeClasses")
        super().__init__(length=length, align_log2=align_log2, title=title, **traits)

    def text(self):
        size_class, slot = fit(SPACINGS["one a doubling"], self.length, 1 << self.align_log2)
        return sentence(
            "fit" if size_class is not None else "fit.large",
            length=f"{self.length:,}",
            alignment=1 << self.align_log2,
            slot=f"{slot:,}",
            size_class=size_class,
            spare=f"{slot - self.length:,}",
            share=_percent(slot - self.length, slot),
        )

    def facts(self):
        """{"fit": str, "Spacings": Table}."""
        rows = []
        for name, sizes in SPACINGS.items():
            size_class, slot = fit(sizes, self.length, 1 << self.align_log2)
            spare = slot - self.length
            known = "large" if size_class is None else str(size_class)
            rows.append([name, str(len(sizes)), known, f"{slot:,}", f"{spare:,}", f"{_percent(spare, slot)} %"])
        return {"fit": self.text(), "Spacings": Table(["spacing", "classes", "class", "slot", "spare", "share"], rows)}

    def png(self, theme="light"):
        """The picture as PNG: bytes. `theme`: "light" or "dark"."""
        still = Still(900, 700, theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(self.text())
        still.y += 6
        self._draw_stairs(still)
        still.table(self.facts()["Spacings"])
        return still.png()

    def _draw_stairs(self, still):
        width, height = _CHART
        left, bottom = MARGIN + _LABELS, still.y + height
        alignment = 1 << self.align_log2
        _, slot = fit(SPACINGS["one a doubling"], self.length, alignment)
        limit = span(self.length, slot)

        def point(asked, given):
            return left + asked * width / limit, bottom - min(given, limit) * height / limit

        for tick in range(5):
            at, up = point(limit * tick // 4, limit * tick // 4)
            still.draw.line([(left, up), (left + width, up)], still.colours["line"])
            label = f"{limit * tick // 4:,}"
            still.text(label, MARGIN, up - 7, size=11, colour="faint")
            still.text(label, at - (0, 14, 14, 14, 44)[tick], bottom + 4, size=11, colour="faint")
        for index, (name, sizes) in reversed(list(enumerate(SPACINGS.items()))):
            steps = [point(asked, given) for asked, given in stair(sizes, limit, alignment)]
            dashed(still.draw, steps, DASHES[index], one_of_many(index), 3)
            row = still.y + 14 + index * 18
            dashed(still.draw, [(left + 10, row), (left + 40, row)], DASHES[index], one_of_many(index), 3)
            still.text(name, left + 48, row - 7, size=12)
        x, y = point(self.length, slot)
        _, asked_y = point(self.length, self.length)
        colour = still.colours["select"]
        still.draw.line([(x, asked_y), (x, y)], colour, 4)
        still.draw.ellipse([x - 5, y - 5, x + 5, y + 5], colour)
        label = f"{slot - self.length:,} spare"
        room = still.draw.textlength(label) * 1.5 + 8
        still.text(label, x + 8 if x + room < left + width else x - room, y - 18, "bold", 12, colour)
        still.y = bottom + 22
        still.text("bytes asked for; upwards, bytes given", left, size=11, colour="faint")


def span(length, slot):
    """How far the stair is drawn: bytes, a power of two above the slot."""
    return max(SMALLEST_SPAN, 1 << (length - 1).bit_length() + 1, 1 << slot.bit_length())


def stair(sizes, limit, alignment):
    """Corners of the stair of asked against given, as far as `limit` is asked: list of (asked, given). Past the slots,
    pages."""
    corners = []
    asked = 0
    while asked < limit:
        _, given = fit(sizes, asked + 1, alignment)
        corners += [(asked, given), (min(given, limit), given)]
        asked = given
    return corners


def dashed(draw, points, dashes, colour, width):
    """A line of level and upright pieces. `dashes`: (drawn, left out), pixels; () for none left out."""
    if not dashes:
        draw.line(points, colour, width)
        return
    for (x, y), (end_x, end_y) in itertools.pairwise(points):
        length = math.hypot(end_x - x, end_y - y)
        along_x, along_y = ((end_x - x) / length, (end_y - y) / length) if length else (0, 0)
        at = 0.0
        while at < length:
            to = min(at + dashes[0], length)
            draw.line([(x + along_x * at, y + along_y * at), (x + along_x * to, y + along_y * to)], colour, width)
            at += sum(dashes)


def _percent(part, whole):
    tenths = (2000 * part + whole) // (2 * whole)  # half up: both languages round alike
    return f"{tenths // 10}.{tenths % 10}"
