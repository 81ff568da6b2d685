# fails with: slots_until_stop(shift=0, slot_len=16, slab_len=64) gave 0; expected 4. The test comes after a slot: the start of the slab, before the first one, does not stop it.


def slots_until_stop(shift, slot_len, slab_len):
    for count in range(slab_len):
        if (shift + count * slot_len) % slab_len == 0:
            return count
    return 0


def shifts_past_the_end(slot_len, slab_len, page_len):
    counts = [slots_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(count == 0 or count * slot_len > slab_len for count in counts)
