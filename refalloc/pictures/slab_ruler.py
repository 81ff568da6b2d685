"""SlabRuler: why a slab is aligned to its own length, and what breaks when it is not."""

import traitlets
from PIL import Image, ImageDraw

from refalloc.allocator import SIZE_CLASS_COUNT, SLAB_LEN, slot_size
from refalloc.arena import PAGE_LEN
from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, Still
from refalloc.pictures.story import Table, sentence

FIRST_ROWS, LAST_ROWS = 3, 5  # of the slots, in the table
_HEIGHT = 60  # pixels of the slab


def ruler(slot, shift):
    """What alloc does with a slab that begins `shift` bytes past a multiple of SLAB_LEN.

    Args:    slot: int, bytes of a slot; shift: int, bytes, 0 <= shift < SLAB_LEN.
    Returns: (name of the outcome: "aligned", "early" or "past"; slots that are handed out and lie in the slab).
    """
    room = SLAB_LEN // slot
    next_addr = shift + slot
    handed_out = 1
    while next_addr % SLAB_LEN != 0 and handed_out < room:
        next_addr += slot
        handed_out += 1
    if next_addr % SLAB_LEN != 0:
        return "past", handed_out
    return ("aligned" if shift == 0 else "early"), handed_out


class SlabRuler(Picture):
    """A ruler of slab lengths, a slab on it, and the test that says when it is used up.

    Args:    size_class: int, 0 to 12; pages: int, 0 to 15, how far the slab is moved off its place.
    Raises:  traitlets.TraitError for others.
    """

    _esm = joined_module("slab_ruler.js")
    _slab_len = traitlets.Int(SLAB_LEN).tag(sync=True)
    size_class = traitlets.Int(10, min=0, max=SIZE_CLASS_COUNT - 1).tag(sync=True)
    pages = traitlets.Int(0, min=0, max=SLAB_LEN // PAGE_LEN - 1).tag(sync=True)

    def __init__(self, size_class=10, pages=0, **traits):
        super().__init__(size_class=size_class, pages=pages, title=traits.pop("title", "SlabRuler"), **traits)

    def text(self):
        slot, shift = slot_size(self.size_class), self.pages * PAGE_LEN
        outcome, handed_out = ruler(slot, shift)
        return sentence(
            f"ruler.{outcome}",
            slab_len=f"{SLAB_LEN:,}",
            shift=f"{shift:,}",
            last=f"{handed_out - 1:,}",
            count=f"{handed_out:,}",
            room=f"{SLAB_LEN // slot:,}",
            lost=f"{SLAB_LEN - handed_out * slot:,}",
        )

    def facts(self):
        """{"outcome": str, "Slots": Table}: for each slot what the test finds after it is handed out."""
        slot, shift = slot_size(self.size_class), self.pages * PAGE_LEN
        outcome, handed_out = ruler(slot, shift)
        shown = handed_out + (outcome == "past")
        rows = []
        for index in range(shown):
            if FIRST_ROWS <= index < shown - LAST_ROWS:
                if index == FIRST_ROWS:
                    rows.append(["…", "", "", ""])
                continue
            offset = index * slot
            rest = (shift + offset + slot) % SLAB_LEN
            outside = offset >= SLAB_LEN
            name = "ruler.outside" if outside else "ruler.used_up" if rest == 0 else "ruler.goes_on"
            rows.append([f"{index:,}", f"{offset:,}", f"{rest:,}", sentence(name)])
        columns = ["slot", "offset in the slab", f"next_addr % {SLAB_LEN} after it", "the test says"]
        return {"outcome": self.text(), "Slots": Table(columns, rows)}

    def png(self, theme="light"):
        """The picture as PNG: bytes. `theme`: "light" or "dark"."""
        still = Still(900, 700, theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(self.text())
        still.y += 24
        self._draw_ruler(still)
        still.table(self.facts()["Slots"])
        return still.png()

    def _draw_ruler(self, still):
        width = still.image.width - 2 * MARGIN
        slot, shift = slot_size(self.size_class), self.pages * PAGE_LEN
        outcome, handed_out = ruler(slot, shift)

        def x(addr):
            return MARGIN + addr * width / (2 * SLAB_LEN + PAGE_LEN)

        top, bottom = still.y, still.y + _HEIGHT
        _striped(still, x(shift), top, x(shift + SLAB_LEN), bottom, still.colours["free"])
        still.draw.rectangle([x(shift), top, x(shift + handed_out * slot), bottom], still.colours["live"][0])
        if outcome == "past":
            _striped(still, x(shift + SLAB_LEN), top, x(shift + SLAB_LEN + slot), bottom, still.colours["held"])
        if slot >= PAGE_LEN // 2:
            for index in range(1, handed_out):
                at = x(shift + index * slot)
                still.draw.line([(at, top), (at, bottom)], still.colours["gap"])
        for page in range(2 * SLAB_LEN // PAGE_LEN + 1):
            is_slab = page * PAGE_LEN % SLAB_LEN == 0
            at = x(page * PAGE_LEN)
            start = top - 18 if is_slab else bottom + 4
            still.draw.line([(at, start), (at, bottom + 12)], still.colours["ink"], 3 if is_slab else 1)
            if is_slab:
                label = f"{page * PAGE_LEN:,}"
                is_last = page * PAGE_LEN == 2 * SLAB_LEN
                still.text(label, at - 54 if is_last else at + 6, top - 20, "plain", 11)
        still.y = bottom + 22


def _striped(still, left, top, right, bottom, colours):
    """A box with stripes, cut at its edges."""
    box = Image.new("RGB", (round(right - left) + 1, round(bottom - top) + 1), colours[0])
    draw = ImageDraw.Draw(box)
    for at in range(-box.height, box.width, 10):
        draw.line([(at, box.height), (at + box.height, 0)], colours[1], 3)
    still.image.paste(box, (round(left), round(top)))
