from bisect import bisect_left


def peak_mapped(events, slots, slab_len, page_len):
    free = [0 for _ in slots]
    where = {}
    now = most = 0
    for block, length in events:
        if length:
            kind = bisect_left(slots, length)
            if kind == len(slots):
                pages = -(-length // page_len)
                now += pages * page_len
                where[block] = ("pages", pages)
            else:
                if not free[kind]:
                    now += slab_len
                    free[kind] = slab_len // slots[kind]
                free[kind] -= 1
                where[block] = ("slot", kind)
            most = max(most, now)
            continue
        what, number = where.pop(block)
        if what == "pages":
            now -= number * page_len
        else:
            free[number] += 1
    return most
