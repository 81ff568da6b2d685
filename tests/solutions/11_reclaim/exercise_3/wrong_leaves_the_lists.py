# fails with: slab 0: 4 free in lane 0; keep 0: the free list of lane 0 begins in slab 0, which is unmapped. Its slots must leave the lists before.
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
        slots = free_slots(heap, lane, size_class)
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
