"""Exercise 04.4, explained.

A slot that ends where no block ends can be made shorter for free, so only the blocks' lengths, rounded up to the
quantum, can be slots. In their order, a choice of slots is a way to cut the row into pieces, of which each costs its
blocks times its last length.

If we know the last cut, what lies before it is the same question with one slot less. So we solve it for every
beginning of the row and for one slot, then two, and so on, and each answer is made of earlier ones: dynamic
programming, about rows * rows * slots steps. Taking the best single cut first and never going back (a greedy choice)
is shorter, and wrong: the best two slots need not contain the best one.
"""

import itertools


def choose_slots(histogram, slot_count, quantum):
    need = {}
    for length, count in histogram:
        slot = -(-length // quantum) * quantum
        need[slot] = need.get(slot, 0) + count
    ends = list(need)
    blocks_before = [0, *itertools.accumulate(need.values())]

    def cheapest(best, end):
        """The fewest bytes for the first `end` lengths, and the slots, when `best` tells them for one slot less."""

        def cost(start):
            return best[start][0] + (blocks_before[end] - blocks_before[start]) * ends[end - 1]

        start = min(range(end), key=cost)
        return cost(start), [*best[start][1], ends[end - 1]]

    best = [(0, [])] + [(float("inf"), [])] * len(ends)
    for _ in range(min(slot_count, len(ends))):
        best = [(0, [])] + [cheapest(best, end) for end in range(1, len(ends) + 1)]
    return best[-1][1]
