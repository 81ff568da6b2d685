def slots_until_stop(shift, slot_len, slab_len):
    seen = {}
    rest = (shift + slot_len) % slab_len
    while rest not in seen:
        seen[rest] = len(seen) + 1
        rest = (rest + slot_len) % slab_len
    return seen.get(0, 0)


def shifts_past_the_end(slot_len, slab_len, page_len):
    def runs_past(shift):
        addr = shift
        while addr + slot_len <= shift + slab_len:
            addr += slot_len
            if addr % slab_len == 0:
                return False
        return True

    return len([*filter(runs_past, range(page_len, slab_len, page_len))])
