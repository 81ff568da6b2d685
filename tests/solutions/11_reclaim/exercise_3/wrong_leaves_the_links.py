# fails with: slab 0: 1 free in lane 1, 3 free in lane 0; slab 1: 1 live, 3 free in lane 1; slab 2: 4 free in lane 1; keep 0: the free list of lane 1 leads into slab 2, which is unmapped. The slots before and behind those that leave are to be linked to each other.
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
