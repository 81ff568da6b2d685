# fails with: slots_until_stop(shift=0, slot_len=24, slab_len=64) gave 0; expected 8. It goes past one multiple of slab_len, and stops at a later one.


def slots_until_stop(shift, slot_len, slab_len):
    if (slab_len - shift) % slot_len != 0:
        return 0
    return (slab_len - shift) // slot_len


def shifts_past_the_end(slot_len, slab_len, page_len):
    counts = [slots_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(count == 0 or count * slot_len > slab_len for count in counts)
