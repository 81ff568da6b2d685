# fails with: With slot_len 16384, slab_len 65536, then lane.next_addrs[2] is slab 1 + 32768; expected slab 1 + 49152. That is the slot to come; here it says which was handed out last.


def next_slot(heap, lane, size_class, slot_len, slab_len):
    slot = lane.next_addrs[size_class]
    if slot == 0:
        slab = heap.map(slab_len, slab_len.bit_length() - 1)
        if slab == 0:
            return 0
        slot = slab + slab_len - slot_len
    lane.next_addrs[size_class] = slot - slot_len if slot % slab_len else 0
    return slot
