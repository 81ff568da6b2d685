"""Whose turn it is: the steps of simulated threads, a row for each thread, time to the right."""

import textwrap

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from refalloc.pictures.plots import DPI, INK, picture_of
from refalloc.pictures.story import Table
from refalloc.schedule.account import AddressNames
from refalloc.trace.describe import describe
from refalloc.trace.events import PROLOGUE, Kind

STEP_LIMIT = 12  # what fits side by side, and can be read
_LEFT_OUT = {Kind.READ_THREAD_INDEX, Kind.THREAD_END, Kind.CALL_ALLOC, Kind.RETURN_ALLOC, Kind.CALL_FREE}
_LEFT_OUT |= {Kind.RETURN_FREE}
_TEXT_WIDTH = 11  # characters in a box
_READ, _WRITE, _HELD = "#FFFFFF", "#F6C38B", "#9AD0F0"
_WRITES = {Kind.WRITE_FREES, Kind.WRITE_NEXT_ADDR, Kind.WRITE_SHARED, Kind.STORE, Kind.MAP}


def plot_turns(run):
    """What each thread does and when, and while it holds which lane.

    Args:    run: schedule.Replay or Stepper; its last STEP_LIMIT accesses and locks are drawn.
    Returns: Picture. White: it reads or tries; orange: it writes; blue behind: it holds a lane.
    """
    recording = run.recording
    names = AddressNames(recording.events)
    events = [event for event in recording.events if event["thread"] != PROLOGUE and event["kind"] not in _LEFT_OUT]
    first = max(len(events) - STEP_LIMIT, 0)
    held, spans, told, rows = {}, [], [], []
    thread_count = len(run.scenario.programs)
    figure = Figure(figsize=(8, 0.35 + 0.85 * thread_count), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for place, event in enumerate(events, start=-first):
        thread, kind = int(event["thread"]), event["kind"]
        if kind == Kind.TRY_LOCK and event["value"]:
            held[int(event["lane"])] = (place, thread)
        elif kind == Kind.UNLOCK and int(event["lane"]) in held:
            spans.append((*held.pop(int(event["lane"])), place + 1))
        if place < 0:
            continue
        phrase = describe(event, recording.names, names.name)
        told.append(f"T{thread} {phrase}")
        own = [f"lane {lane}" for lane, (_, holder) in sorted(held.items()) if holder == thread]
        rows.append([str(len(told)), f"T{thread}", phrase, ", ".join(own) or "none"])
        fill = _WRITE if kind in _WRITES else _READ
        style = "round,pad=0,rounding_size=0.08"
        axes.add_patch(
            FancyBboxPatch((place + 0.05, thread + 0.14), 0.9, 0.72, boxstyle=style, facecolor=fill, edgecolor=INK)
        )
        wrapped = textwrap.fill(phrase.replace(" of lane", " lane"), _TEXT_WIDTH, break_long_words=False)
        axes.text(place + 0.5, thread + 0.5, wrapped, ha="center", va="center", fontsize=7, color=INK)
    spans += [(start, thread, len(told)) for start, thread in held.values()]
    for start, thread, end in spans:
        start = max(start, 0)
        axes.add_patch(Rectangle((start + 0.01, thread + 0.04), end - start - 0.02, 0.92, facecolor=_HELD, zorder=0))
    axes.set_xlim(0, max(len(told), 6))
    axes.set_ylim(thread_count, 0)
    axes.set_yticks([thread + 0.5 for thread in range(thread_count)], [f"T{thread}" for thread in range(thread_count)])
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    table = Table(["step", "thread", "what it does", "what it then holds"], rows)
    return picture_of(figure, f"In this order: {'; '.join(told)}.", table)
