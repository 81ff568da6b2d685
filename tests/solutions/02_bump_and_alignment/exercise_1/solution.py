"""Exercise 02.1, explained.

Python's // rounds down, also below zero: -100 // 48 is -3. So -(-addr // alignment) divides and rounds up, and times
the alignment that is the multiple we want. With addr + alignment - 1, rounded down, it comes to the same. For powers of
two a machine saves the division: (addr + alignment - 1) & -alignment clears the lower bits.

With a header it is the end of the header that we round: go up to addr + offset, round, and go back down. The result is
never below addr, since rounding never went below addr + offset.
"""


def align_up(addr, alignment):
    return -(-addr // alignment) * alignment


def align_up_at(addr, alignment, offset):
    return align_up(addr + offset, alignment) - offset
