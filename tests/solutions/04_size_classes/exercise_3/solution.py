"""Exercise 04.3, explained.

All bytes are added up first and divided once: a mean of percentages would let a thousand tiny blocks, which waste
little memory and a large share of it, outweigh the one that fills the machine.

worst_length compares fractions without dividing: a / b < c / d is a * d < c * b when b and d are positive, and whole
numbers do not round. A float would do here too, but with lengths near 2**53 it would begin to see ties that are none.
"""

import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // asked


def worst_length(slots, shortest):
    worst, worst_slot = slots[-1], slots[-1]
    for length in range(slots[-1], shortest - 1, -1):
        slot = slots[bisect.bisect_left(slots, length)]
        if slot * worst >= worst_slot * length:
            worst, worst_slot = length, slot
    return worst
