# fails with: shifts_past_the_end(slot_len=32, slab_len=64, page_len=16) gave 3; expected 2. A shift of 0 is no shift, and slab_len is none either.


def slots_until_stop(shift, slot_len, slab_len):
    for count in range(1, slab_len + 1):
        if (shift + count * slot_len) % slab_len == 0:
            return count
    return 0


def shifts_past_the_end(slot_len, slab_len, page_len):
    found = 0
    for shift in range(page_len, slab_len, page_len):
        count = slots_until_stop(shift, slot_len, slab_len)
        if count == 0 or count * slot_len > slab_len:
            found += 1
    return found + 1
