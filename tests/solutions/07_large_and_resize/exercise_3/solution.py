"""Exercise 07.3, explained.

The record is played again with a table of the live blocks, which is what the allocator does not have. What matters of a
length is what it is given: a slot, or pages. Small and large never agree, as no slot is as long as what is given to a
large block... unless a slot is longer than a page: so small or large is part of the comparison.

`refalloc.free` has such a table in front of it, and refuses any wrong length, harm or no harm. Zig's debug_allocator
and AddressSanitizer keep tables of their own; glibc keeps the length beside the block instead.
"""


def first_harm(calls, slots, page_len):
    def kept(length):
        """What a block of this length is given: (whether it is large, bytes)."""
        for slot in slots:
            if length <= slot:
                return False, slot
        return True, -(-length // page_len) * page_len

    live = {}
    for place, (name, addr, length) in enumerate(calls):
        if name == "alloc":
            live[addr] = kept(length)
        elif live.pop(addr, None) != kept(length):
            return place
    return -1
