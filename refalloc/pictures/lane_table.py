"""LaneTable: the lanes of a heap, their fields on cache lines, and the threads that go round them."""

import numpy as np

from refalloc.pictures.memory_map import RecordedPicture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import MARGIN, one_of_many
from refalloc.pictures.story import sentence
from refalloc.trace import Kind

PAIRS_PER_LINE = 4  # next_addr and frees of a class lie side by side: 16 bytes of a cache line of 64
_WORD_HEIGHT = 20  # pixels
_INDEX_KINDS = [Kind.SET_THREAD_INDEX, Kind.READ_THREAD_INDEX]


class LaneTable(RecordedPicture):
    """Who holds which lock, each thread's thread_index, and the next_addrs and frees of each lane.

    Args:    as RecordedPicture.
    """

    _esm = joined_module("lane_table.js")

    def facts(self):
        moment = self.moment()
        return {
            "step": f"{moment.heading()} {moment.step()}",
            "why": moment.why(),
            "notes": self._notes(moment),
            "Lanes and threads": moment.lane_table(moment.subject_list()[1]),
            "Fields": moment.field_table(),
        }

    def _used_lanes(self):
        """Lanes that some event is about, or some thread's index leads to: list of int."""
        events = self.recording.events
        indexes = events["value"][np.isin(events["kind"], _INDEX_KINDS)]
        used = {0, *np.unique(events["lane"]).tolist(), *np.unique(indexes).tolist()}
        return [lane for lane in range(int(events["value"][0])) if lane in used]

    def _notes(self, moment):
        """What the lanes that are drawn do not show, in words: str."""
        lane_count = len(moment.state.lanes)
        said = [
            sentence("lanes.lost", thread=thread, value=index, last=lane_count - 1)
            for thread, index in sorted(moment.thread_indexes().items())
            if index >= lane_count
        ]
        unused = lane_count - len(self._used_lanes())
        return " ".join(said + [sentence("lanes.unused", count=unused, lanes=lane_count)] * (unused > 0))

    def png(self, theme="light"):
        """The moment as a PNG: bytes. `theme`: "light" or "dark"."""
        moment = self.moment()
        thread_indexes = moment.thread_indexes()
        used = self._used_lanes()
        still = self.still(theme, 500 + 190 * len(used))
        for index in used:
            lane = moment.state.lanes[index]
            width = still.text(f"Lane {index}", y=still.y, style="bold")
            noun = "try" if lane.failed_tries == 1 else "tries"
            tries = f"{lane.failed_tries:,} {noun} failed" if lane.failed_tries else ""
            still.text(tries, MARGIN + width + 12, size=12, colour="faint")
            x = MARGIN
            for thread, at in sorted(thread_indexes.items()):
                if at == index:
                    holds = any(other.locked_by == thread for other in moment.state.lanes)
                    self._draw_token(still, x, thread, holds)
                    x += 42
            still.y += 28
            self._draw_lane(still, moment, lane)
            still.y += 12
        still.paragraph(self._notes(moment), size=12, colour="faint")
        return still.png()

    def _draw_token(self, still, x, thread, holds):
        fill = still.colours["ink" if holds else "page"]
        still.draw.rounded_rectangle([x, still.y, x + 36, still.y + 22], 11, fill, one_of_many(thread), 3)
        still.text(f"T{thread}", x + 9, still.y + 4, "bold", 11, "page" if holds else "ink")

    def _draw_lane(self, still, moment, lane):
        lock = "free" if lane.locked_by is None else f"held by T{lane.locked_by}"
        self._draw_line(still, [(f"lock: {lock}", lane.locked_by is not None)], 2)
        pairs = [
            (_word("n", c, moment, next_addr), _word("f", c, moment, frees))
            for c, (next_addr, frees) in enumerate(zip(lane.next_addrs, lane.frees, strict=True))
        ]
        for first in range(0, len(pairs), PAIRS_PER_LINE):
            self._draw_line(still, [word for pair in pairs[first : first + PAIRS_PER_LINE] for word in pair], 1)

    def _draw_line(self, still, words, span):
        width = (still.image.width - 2 * MARGIN) / (2 * PAIRS_PER_LINE)
        for column, (text, is_set) in enumerate(words):
            left = MARGIN + column * width
            box = [left, still.y, left + width * span - 3, still.y + _WORD_HEIGHT - 3]
            still.draw.rectangle(box, outline=still.colours["ink" if is_set else "line"])
            still.text(text, left + 4, still.y + 3, "mono", 10, "ink" if is_set else "faint")
        still.y += _WORD_HEIGHT


def _word(letter, size_class, moment, addr):
    """(what a field says, whether it holds an address)."""
    name = f"{letter}{size_class}"
    if addr == 0:
        return name, False
    return f"{name} {moment.place(addr).removeprefix('slab ').replace(' + ', '+')}", True
