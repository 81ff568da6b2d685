"""Exercise 13.2, explained.

The program's time has two parts, and only one of them is changed: unit - share stays, and share becomes share * ratio.
However fast an allocator gets, what is outside it remains: with a share of 100 parts in 1000, a ratio of 0 saves a
tenth, and no more. This is known as Amdahl's law (Gene Amdahl, 1967, of the parts of a program that cannot run in
parallel).

The other way round we simply try every share, from the smallest. That needs no equation, and it says by itself when no
share will do: a program that gets slower with a faster allocator has another reason, such as blocks that lie farther
apart in memory.
"""


def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
