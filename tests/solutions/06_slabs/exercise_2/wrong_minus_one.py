# fails with: slots_until_stop(shift=8, slot_len=16, slab_len=64) gave -1; expected 0. Never to stop is 0.


def slots_until_stop(shift, slot_len, slab_len):
    seen = []
    addr = shift
    while True:
        addr += slot_len
        if addr % slab_len == 0:
            return len(seen) + 1
        if addr % slab_len in seen:
            return -1
        seen.append(addr % slab_len)


def shifts_past_the_end(slot_len, slab_len, page_len):
    counts = [slots_until_stop(shift, slot_len, slab_len) for shift in range(page_len, slab_len, page_len)]
    return sum(count == 0 or count * slot_len > slab_len for count in counts)
