# fails with: slots_until_stop(shift=32, slot_len=16, slab_len=64) gave 4; expected 2. That is what the slab has room for; the end test does not know where the slab ends.


def slots_until_stop(shift, slot_len, slab_len):
    return slab_len // slot_len


def shifts_past_the_end(slot_len, slab_len, page_len):
    counts = [slots_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(count == 0 or count * slot_len > slab_len for count in counts)
