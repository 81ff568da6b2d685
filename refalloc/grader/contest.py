"""Checks of the leaderboard, run by the judge beside those of the exercise: what an allocator costs on real programs.

They note two figures, multiples of the reference's, each the geometric mean over the recorded traces: the space that
was mapped at most, and the steps (refalloc.schedule.cost). Space is read from the judge's own pages, and each step is
made by the judge, so neither is a claim of the answer. Both are the same on every machine.
"""

import statistics
from types import SimpleNamespace

from refalloc.schedule import cost
from refalloc.trace.packed import packed_traces


def test_space_and_steps(student, figure):
    text = SimpleNamespace(alloc=student.alloc, free=student.free)
    space, steps = [], []
    for name in packed_traces():
        rows = cost.first_events(name, cost.SPACE_EVENTS)
        space.append(cost.play(text, student.new_heap(cost.LANE_COUNT), name, rows) / cost.reference_space(rows))
        rows = rows[: cost.STEP_EVENTS]
        steps.append(cost.steps(text, rows).count / cost.reference_steps(rows).count)
    figure("space", statistics.geometric_mean(space))
    figure("steps", statistics.geometric_mean(steps))
