"""Exercise 11.3, explained.

First we go through all lists and count the free slots of each slab. A slab's address is that of any of its slots,
rounded down to slab_len: that is what slab alignment gives us. A slab is empty if all that was handed out of it is
free: all its slots, or, if it is some lane's newest, those below next_addr.

Then each list is linked anew without the slots of those slabs that go, and next_addrs that point into them become 0.
Only then are they unmapped: the links lie in the slots, and what is unmapped cannot be read any more.

Keeping a few is what most allocators do in some form: jemalloc and mimalloc wait some time before they give back, since
a program that has just freed much often asks again soon.
"""


def give_back(heap, size_class, slot_len, slab_len, keep):
    free_counts = {}
    for lane in heap.lanes:
        for slot in free_slots(heap, lane, size_class):
            slab = slot - slot % slab_len
            free_counts[slab] = free_counts.get(slab, 0) + 1
    handed_out = {}
    for lane in heap.lanes:
        rest = lane.next_addrs[size_class] % slab_len
        if rest != 0:
            handed_out[lane.next_addrs[size_class] - rest] = rest // slot_len
    all_slots = slab_len // slot_len
    empty = [slab for slab, count in free_counts.items() if count == handed_out.get(slab, all_slots)]
    gone = sorted(empty)[keep:]

    for lane in heap.lanes:
        slots = [slot for slot in free_slots(heap, lane, size_class) if slot - slot % slab_len not in gone]
        for slot, following in zip(slots, [*slots[1:], 0], strict=False):
            heap.store(slot, following)
        lane.frees[size_class] = slots[0] if slots else 0
        next_addr = lane.next_addrs[size_class]
        if next_addr - next_addr % slab_len in gone:
            lane.next_addrs[size_class] = 0
    for slab in gone:
        heap.unmap(slab, slab_len)
    return len(gone) * slab_len


def free_slots(heap, lane, size_class):
    """The slots in a lane's list, as a list."""
    found = []
    slot = lane.frees[size_class]
    while slot != 0:
        found.append(slot)
        slot = heap.load(slot)
    return found
