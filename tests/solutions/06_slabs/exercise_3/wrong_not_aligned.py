# fails with: Call 1 for slots of 16384 bytes, slab_len 65536, gave slab 1 + 0, and mapped 65536 bytes, 4096 bytes after a multiple of slab_len; expected slab_len bytes at a multiple of it.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0 or slot % slab_len + slot_len > slab_len:
        slot = heap.map(slab_len, 12)
    lane.next_addrs[size_class] = slot + slot_len
    return slot
