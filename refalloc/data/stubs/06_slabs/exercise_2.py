"""Exercise 06.2: where does it stop?

Edit this file: write the two functions below (5 to 8 lines each). Save, then check:

    check("06.2")           in the notebook
    refalloc check 06.2     in a terminal

A slab of slab_len bytes starts `shift` bytes after a multiple of slab_len, though it should not. Slots are handed out
from its start upward, one after the other, until the end test stops it: until the address after the last slot is a
multiple of slab_len. Nothing else stops it, not even the end of the slab.
"""


def slots_until_stop(shift, slot_len, slab_len):
    """How many slots are handed out before the end test stops it.

    Args:    shift: int, bytes, 0 <= shift < slab_len; slot_len, slab_len: int, bytes, 1 <= slot_len <= slab_len; not
             only powers of two.
    Returns: int, 1 or more; 0 when it never stops. slots_until_stop(0, 16, 64) is 4: after slots at 0, 16, 32 and 48
             comes 64. slots_until_stop(32, 16, 64) is 2, and slots_until_stop(8, 16, 64) is 0.
    """
    raise NotImplementedError


def shifts_past_the_end(slot_len, slab_len, page_len):
    """At how many shifts slots are handed out that reach past the end of the slab.

    The shifts are all multiples of page_len from page_len to below slab_len. The slab ends slab_len bytes after its
    start, wherever that is.

    Args:    slot_len, slab_len, page_len: int, bytes, slot_len <= slab_len, page_len a divisor of slab_len.
    Returns: int, 0 to slab_len // page_len - 1; shifts_past_the_end(32, 64, 16) is 2: at 16 and at 48.
    """
    raise NotImplementedError
