"""Measure by turns: what is compared runs in the same minute, again and again, and only ratios are told.

A machine that others use is never the same twice, so a time says little. Each round runs every contender once, in a new
order, and yields one ratio for each pair of them; what is told is the median of the rounds, and their quartiles. Times
are of the running thread on its processor, so that what the system does with others in between does not count.
"""

import contextlib
import gc
import random
import statistics
import types
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The middle of some figures, and the quartiles round it."""

    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def spread(figures):
    """The Spread of two or more figures."""
    low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(median, low, high)


def by_turns(contenders, rounds, seed=1, on_round=lambda: None):
    """Run each contender once a round.

    Args:    contenders: {name: function of nothing that gives a time, in any unit}; each is run once beforehand, to
             warm up; rounds: int, 2 or more; seed: of the orders; on_round: called after each round.
    Returns: {name: list of float, a time for each round}.
    """
    order = list(contenders)
    generator = random.Random(seed)
    times: dict[str, list[float]] = {name: [] for name in order}
    with collector_off():
        for round_number in range(rounds + 1):
            generator.shuffle(order)
            for name in order:
                time = contenders[name]()
                if round_number > 0:
                    times[name].append(time)
            on_round()
    return times


def ratio(times, name, base):
    """The Spread of `name`'s times as multiples of `base`'s, round by round; both are keys of by_turns's result."""
    return spread([time / base_time for time, base_time in zip(times[name], times[base], strict=True)])


def own_code(function):
    """A copy of a function for one contender alone.

    CPython fits the instructions of a loop to what it calls. A loop that several share fits none of them, which costs
    Python functions 50 ns a call and built-in ones nothing; a program that uses one allocator never sees that.
    """
    return types.FunctionType(function.__code__.replace(), function.__globals__, function.__name__)


@contextlib.contextmanager
def collector_off():
    """Garbage is collected before, not during."""
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
