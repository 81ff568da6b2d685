"""Exercise 06.1, explained.

When the slot that was handed out last is the first of its slab, its address is a multiple of slab_len: that is what the
slab's alignment is for. 0 is a multiple too, so "no slab yet" needs no test of its own. In both cases we map a slab and
act as if the slot just past its end had been handed out last; in all cases the next one lies one slot below.

The lane changes last, when nothing can fail any more. Up or down makes no difference to the test: up, it looks at the
slot to come; down, at the one that was.
"""


def next_slot(heap, lane, size_class, slot_len, slab_len):
    last = lane.next_addrs[size_class]
    if last % slab_len == 0:
        slab = heap.map(slab_len, slab_len.bit_length() - 1)
        if slab == 0:
            return 0
        last = slab + slab_len
    lane.next_addrs[size_class] = last - slot_len
    return last - slot_len
