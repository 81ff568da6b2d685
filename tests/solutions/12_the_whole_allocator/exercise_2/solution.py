"""Exercise 12.2, explained.

Slabs only ever become more. So for each slot length it is enough to know how many of its slots are live, and how many
there are: when the first would pass the second, a slab more is mapped. Which slot it is, and what order the free list
has, makes no difference.

The sum is looked at after each alloc, since large blocks come and go: the moment of most slabs is the end, the moment
of most large pages may be long before, and neither needs to be that of most together.

Mark what this says of your allocator: each slot length pays for its own worst moment. A program that needs a thousand
blocks of 48 bytes, frees them, and then needs a thousand of 64, holds slabs for both from then on.
"""


def peak_mapped(events, slots, slab_len, page_len):
    slot_of = {}
    pages_of = {}
    live = dict.fromkeys(slots, 0)
    slabs = dict.fromkeys(slots, 0)
    peak = 0
    for block, length in events:
        if length == 0:
            pages_of.pop(block, 0)
            if block in slot_of:
                live[slot_of.pop(block)] -= 1
        elif length > slots[-1]:
            pages_of[block] = (length + page_len - 1) // page_len * page_len
        else:
            slot = min(slot for slot in slots if slot >= length)
            slot_of[block] = slot
            live[slot] += 1
            if live[slot] > slabs[slot] * (slab_len // slot):
                slabs[slot] += 1
        peak = max(peak, sum(slabs.values()) * slab_len + sum(pages_of.values()))
    return peak
