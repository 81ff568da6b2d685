# fails with: slots_until_stop(shift=8, slot_len=16, slab_len=64) gave 3; expected 0. The next multiple of slab_len lies inside a slot: it is not stopped there.


def slots_until_stop(shift, slot_len, slab_len):
    return (slab_len - shift) // slot_len


def shifts_past_the_end(slot_len, slab_len, page_len):
    counts = [slots_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(count == 0 or count * slot_len > slab_len for count in counts)
