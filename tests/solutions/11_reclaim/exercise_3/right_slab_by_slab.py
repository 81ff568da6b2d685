def give_back(heap, size_class, slot_len, slab_len, keep):
    mask = -slab_len
    lists = [walk(heap, lane.frees[size_class]) for lane in heap.lanes]
    all_free = {slot for slots in lists for slot in slots}
    fresh = [lane.next_addrs[size_class] for lane in heap.lanes]
    fresh_from = {addr & mask: addr for addr in fresh if addr % slab_len}
    given = 0
    for slab in sorted({slot & mask for slot in all_free}):
        end = slab + slab_len
        end = fresh_from.get(slab, end)
        if not all(slot in all_free for slot in range(slab, end, slot_len)):
            continue
        if keep > 0:
            keep -= 1
            continue
        for lane, slots in zip(heap.lanes, lists, strict=True):
            slots[:] = [slot for slot in slots if slot & mask != slab]
            relink(heap, lane, size_class, slots)
            if lane.next_addrs[size_class] & mask == slab and lane.next_addrs[size_class] % slab_len:
                lane.next_addrs[size_class] = 0
        heap.unmap(slab, slab_len)
        given += slab_len
    return given


def walk(heap, front):
    return [front, *walk(heap, heap.load(front))] if front else []


def relink(heap, lane, size_class, slots):
    front = 0
    for slot in reversed(slots):
        heap.store(slot, front)
        front = slot
    lane.frees[size_class] = front
