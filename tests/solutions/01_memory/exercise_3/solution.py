"""Exercise 01.3, explained.

We keep the live blocks as the log goes on. Two blocks overlap exactly when each starts before the other ends: one test
that covers all ways, one inside the other, the same start, one reaching into the other from below or above. An end is
the first byte after the block, so blocks that only touch pass.

Comparing with every live block takes time in proportion to their number. A sanitizer does better: it keeps a map of
memory that tells of each few bytes whether they are handed out (AddressSanitizer has one byte for each 8), and looks
there.
"""


def first_overlap(log):
    live = {}  # addr -> the first byte after the block
    for number, (what, addr, length) in enumerate(log):
        if what == "free":
            del live[addr]
            continue
        end = addr + length
        for other, other_end in live.items():
            if addr < other_end and other < end:
                return number
        live[addr] = end
    return -1
