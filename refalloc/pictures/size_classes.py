"""SizeClasses: a length, the slot that it gets, and what is spare, with other spacings of the classes beside it."""

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
_CHART = (868, 300)  # pixels


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
        left, bottom = MARGIN, still.y + height
        limit = span(self.length)
        still.draw.rectangle([left, still.y, left + width, bottom], outline=still.colours["line"])

        def point(asked, given):
            return left + asked * width / limit, bottom - min(given, limit) * height / limit

        still.draw.line([point(0, 0), point(limit, limit)], still.colours["line"])
        for index, sizes in reversed(list(enumerate(SPACINGS.values()))):
            steps = [point(asked, given) for asked, given in stair(sizes, limit)]
            still.draw.line(steps, one_of_many(index), 4 - index)
        _, slot = fit(SPACINGS["one a doubling"], self.length, 1 << self.align_log2)
        x, y = point(self.length, slot)
        _, asked_y = point(self.length, self.length)
        still.draw.line([(x, asked_y), (x, y)], still.colours["select"], 3)
        still.y = bottom + 6
        still.text(f"asked, 0 to {limit:,} bytes; upwards, given", size=11, colour="faint")


def span(length):
    """How far the stair is drawn: bytes, a power of two."""
    return max(SMALLEST_SPAN, 1 << (length - 1).bit_length() + 1)


def stair(sizes, limit):
    """Corners of the stair of asked against given, up to `limit`: list of (asked, given)."""
    corners = []
    asked = 0
    for size in (*(size for size in sizes if size < limit), limit):
        corners += [(asked, size), (size, size)]
        asked = size
    return corners


def _percent(part, whole):
    tenths = (2000 * part + whole) // (2 * whole)  # half up: both languages round alike
    return f"{tenths // 10}.{tenths % 10}"
