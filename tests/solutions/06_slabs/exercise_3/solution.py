"""Exercise 06.3, explained.

The question "is there room for another?" is asked when a slot is handed out, while we still know its slab: an address
in a slab leads to the slab's start by its remainder. If there is no room, the word becomes 0, which asks for a slab. To
ask at the next call is harder: an address at the very end of the slab belongs, by its remainder, to the next.

Downward it is easier still. Keep the slot that was handed out last: below it in the slab are last % slab_len bytes, and
a slot fits if that is slot_len or more. 0 has no room below, so it asks for a slab too.
"""


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
    slab_end = slot - slot % slab_len + slab_len
    following = slot + slot_len
    lane.next_addrs[size_class] = following if following + slot_len <= slab_end else 0
    return slot
