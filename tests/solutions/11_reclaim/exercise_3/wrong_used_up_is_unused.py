# fails with: slab 0: 4 live; slab 1: 4 free in lane 0; slab 0 is lane 0's newest, used up; keep 0: give_back unmapped none; expected slab 1. A next_addrs that is a multiple of slab_len says nothing of the slab that begins there.
def give_back(heap, size_class, slot_len, slab_len, keep):
    free_counts = {}
    for lane in heap.lanes:
        for slot in free_slots(heap, lane, size_class):
            slab = slot - slot % slab_len
            free_counts[slab] = free_counts.get(slab, 0) + 1
    handed_out = {}
    for lane in heap.lanes:
        rest = lane.next_addrs[size_class] % slab_len
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
