"""Exercise 04.2, explained.

We walk from slot to slot. `power` is the power of two that this doubling starts at, and its steps are power // steps
long, or min_slot while that is longer. When the walk reaches 2 * power, the next doubling starts there.

The slots are sorted, so bisect finds the first that is long enough by halving: four comparisons for twelve slots. An
allocator cannot afford even that on every call: jemalloc computes the class from the bits of the length, with a table
for short ones (include/jemalloc/internal/sz.h).
"""

import bisect


def slot_sizes(min_slot, max_slot, steps):
    slots = [min_slot]
    power = min_slot
    while slots[-1] < max_slot:
        slots.append(slots[-1] + max(power // steps, min_slot))
        if slots[-1] == 2 * power:
            power = slots[-1]
    return slots


def size_class(length, slots):
    return bisect.bisect_left(slots, length)
