"""Exercise 06.2, explained.

We count as the allocator does. A remainder of slab_len can take slab_len values, so after that many slots it has
repeated one, and what has not stopped by then never will.

With slots of a power of two, as in the allocator of this package, there are two cases only. If slot_len divides the
shift, the test stops it at the first multiple of slab_len, `shift` bytes before the slab's end: memory is lost, and
nothing else happens. If it does not, every multiple of slab_len lies inside a slot, and the slots go on for ever. Pages
have 4,096 bytes, so slots of up to 4,096 bytes divide every shift by pages; slots of 8, 16 and 32 KiB do not divide 8,
12 and 14 of the 15.

Number theory has it at once: with g the greatest common divisor of slot_len and slab_len, there is a stop exactly when
g divides the shift.
"""


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
    return found
