"""MemoryMap: a heap at any moment of a recording."""

import linecache

import numpy as np
import traitlets

from refalloc.pictures import source
from refalloc.pictures.old_slabs import with_old_slabs, with_slab_classes
from refalloc.pictures.packing import pack, validate
from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, Still, slab_image
from refalloc.pictures.story import Moment

LEGEND = [
    ("live", "live, bytes asked for"),
    ("spare", "live, given beyond what was asked"),
    ("free", "free"),
    ("held", "handed out, no block known"),
    ("fresh", "never handed out"),
]


class RecordedPicture(Picture):
    """A picture of one moment of a recording.

    Args:    of: a Recording, an array of EVENT, a heap, a CheckedAllocator, or the name of a packed trace.
             event: int, the moment: after this event; None for the last. Negative counts from the end, as in a list.
             calls: int, of a packed trace: how many of its calls to make; None for all.
    Raises:  RecordingError when the recording is empty or damaged; TypeError for a source of another kind;
             TraceError for a name that is none; IndexError when there is no such event.
    """

    _packed = traitlets.Bytes().tag(sync=True)
    _tables = traitlets.Dict().tag(sync=True)
    _sources = traitlets.Dict().tag(sync=True)
    event = traitlets.Int().tag(sync=True)
    _last_moment: Moment | None = None  # of any picture; text, still and facts are all made of one

    def __init__(self, of, event=None, calls=source.TRACE_CALLS, **traits):
        recording, what = source.recording_of(of, calls)
        validate(recording.events)
        self.recording = with_slab_classes(with_old_slabs(recording))
        events, files, names = self.recording
        packed = pack(events)
        super().__init__(
            _packed=packed,
            _tables={"files": list(files), "names": list(names)},
            _sources=_source_lines(self.recording),
            title=traits.pop("title", f"{type(self).__name__} of {what}"),
            event=self._number(-1 if event is None else event),
            **traits,
        )

    def _number(self, event):
        count = len(self.recording.events)
        if not -count <= event < count:
            raise IndexError(f"no event {event}; the recording has events 0 to {count - 1}")
        return event % count

    @traitlets.validate("event")
    def _validate_event(self, proposal):
        return self._number(proposal["value"])

    def moment(self):
        """The Moment that is shown."""
        last = RecordedPicture._last_moment
        if last is None or last.events is not self.recording.events or last.n != self.event:
            last = RecordedPicture._last_moment = Moment(self.recording, self.event)
        return last

    def facts(self):
        """What the picture says at its moment: {name: str or Table}."""
        raise NotImplementedError

    def text(self):
        moment = self.moment()
        parts = f"{self.title}.", moment.summary(), moment.heading(), moment.step(), moment.why()
        return " ".join(part for part in parts if part)

    def still(self, theme, height):
        """A Still that begins with the moment's sentences."""
        moment = self.moment()
        still = Still(900, height, theme)
        still.text(self.title, style="bold", size=15)
        still.paragraph(moment.summary(), size=12, colour="faint")
        still.y += 4
        still.paragraph(f"{moment.heading()} {moment.step()}", style="bold")
        still.paragraph(moment.why())
        still.y += 6
        return still


class MemoryMap(RecordedPicture):
    """The slabs, slots, free lists and lanes of a heap, with a slider over the events of a recording.

    Args:    as RecordedPicture; lane, size_class: int, whose free list is drawn; -1 for those of the event.
             colour_by: "state", "lane", "class", "thread" or "age".
    """

    _esm = joined_module("memory_map.js")
    lane = traitlets.Int(-1).tag(sync=True)
    size_class = traitlets.Int(-1).tag(sync=True)
    colour_by = traitlets.Enum(["state", "lane", "class", "thread", "age"], "state").tag(sync=True)

    def facts(self):
        moment = self.moment()
        lane, size_class = self._chosen_list(moment)
        return {
            "step": f"{moment.heading()} {moment.step()}",
            "why": moment.why(),
            "summary": moment.summary(),
            "Slabs": moment.slab_table(),
            "Free list": moment.list_table(lane, size_class),
            "Lanes and threads": moment.lane_table(size_class),
            "Large maps": moment.large_table(),
        }

    def png(self, theme="light"):
        """The moment as a PNG: bytes. `theme`: "light" or "dark"."""
        moment = self.moment()
        still = self.still(theme, 2400)
        self._draw_slab(still, moment)
        lane, size_class = self._chosen_list(moment)
        facts = self.facts()
        for name in ("Slabs", "Free list", "Lanes and threads", "Large maps"):
            if facts[name].rows:
                of_what = f" of lane {lane}, class {size_class}" if name == "Free list" else ""
                still.y += 8
                still.text(name + of_what, style="bold")
                still.table(facts[name])
        return still.png()

    def _draw_slab(self, still, moment):
        if not moment.slabs:
            still.text("There is no slab yet.", style="bold")
            return
        chosen, slot = self._chosen_slot(moment)
        slab, size = moment.slabs[chosen], moment.slot_size(moment.slabs[chosen])
        still.text(f"Slab {moment.number(slab)}, class {slab.size_class}: slots of {size:,} bytes", style="bold")
        width, height = still.image.width - 2 * MARGIN, 384
        image = slab_image(still.theme, moment.slots[chosen], size, slab.length, width, height)
        still.image.paste(image, (MARGIN, still.y))
        still.draw.rectangle([MARGIN - 1, still.y - 1, MARGIN + width, still.y + height], outline=still.colours["line"])
        if slot is not None:
            row_len = slab.length // 64
            row, in_row = divmod(slot * size, row_len)
            left, top = MARGIN + in_row * width // row_len, still.y + row * 6
            right = left + min(width, max(4, size * width // row_len)) - 1
            bottom = top + 6 * max(1, size // row_len) - 1
            still.draw.rectangle([left - 1, top - 1, right, bottom], outline=still.colours["select"], width=2)
        still.y += height + 8
        still.swatches(LEGEND)
        if slot is not None:
            still.paragraph(moment.slot(chosen, slot))

    def _chosen_list(self, moment):
        """(lane, size_class) of the free list that is shown: as chosen, or of the last event that names one."""
        if self.lane != -1 or self.size_class != -1:
            return max(self.lane, 0), max(self.size_class, 0)
        return moment.subject_list()

    def _chosen_slot(self, moment):
        """(place in moment.slabs, slot or None): where the event is, or the first slab."""
        addr = moment.subject()
        for index, slab in enumerate(moment.slabs):
            if slab.addr <= addr < slab.addr + slab.length:
                return index, (addr - slab.addr) // moment.slot_size(slab)
        return 0, None


def _source_lines(recording):
    """The text of each source line that made an event: {index of the file: {line: text}}, keys as str for JSON."""
    events, files, _ = recording
    places = events["file"].astype(np.int64) << 32 | events["line"]  # numbers: rows of two fields take seconds to sort
    lines: dict[str, dict[str, str]] = {}
    for place in np.unique(places[events["line"] > 0]).tolist():
        file, line = place >> 32, place & 0xFFFFFFFF
        if file < len(files) and files[file] == source.__file__:
            continue  # the replay of a trace: no line of the reader's
        text = linecache.getline(files[file], line).strip() if file < len(files) else ""
        if text:
            lines.setdefault(str(file), {})[str(line)] = text
    return lines
