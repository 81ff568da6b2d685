from math import gcd


def slots_until_stop(shift, slot_len, slab_len):
    common = gcd(slot_len, slab_len)
    if shift % common != 0:
        return 0
    period = slab_len // common
    return (-(shift // common) * pow(slot_len // common, -1, period)) % period or period


def shifts_past_the_end(slot_len, slab_len, page_len):
    room = slab_len // slot_len
    return sum(
        slots_until_stop(number * page_len, slot_len, slab_len) not in range(1, room + 1)
        for number in range(1, slab_len // page_len)
    )
