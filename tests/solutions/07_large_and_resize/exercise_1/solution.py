"""Exercise 07.1, explained.

Small or large is told apart first, since nothing can pass from one to the other. Within each kind it is enough to
compare what the two lengths are given: the same slot means the same free list at free, the same number of pages means
that there is nothing to do.

To shrink from 100 bytes to 50 fits, and is refused all the same: free(addr, 50) would push a slot of 128 bytes into the
list of those of 64. That would waste half of it for ever. The other way round, it would hand out 128 bytes where there
are 64.
"""

import bisect


def given_len(length, slots, page_len):
    if length <= slots[-1]:
        return slots[bisect.bisect_left(slots, length)]
    return -(-length // page_len) * page_len


def answer(length, new_length, slots, page_len):
    was_large, is_large = length > slots[-1], new_length > slots[-1]
    if was_large != is_large:
        return "refused"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if is_large else "refused"
