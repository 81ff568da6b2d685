"""Exercise 04.2: finer classes.

Edit this file: write the two functions below (5 and 3 lines, about). Save, then check:

    check("04.2")           in the notebook
    refalloc check 04.2     in a terminal

Powers of two are one class a doubling. Here are `steps` classes a doubling, as jemalloc has with steps = 4.
"""


def slot_sizes(min_slot, max_slot, steps):
    """The slot sizes of all classes, smallest first.

    Between a power of two p and the next, 2 * p, slots grow by p // steps, but never by less than `min_slot`: every
    slot is a multiple of it.

    Args:    min_slot, max_slot: int, bytes, powers of two, min_slot < max_slot, the first and the last slot;
             steps: int, a power of two, 1 or more.
    Returns: list of int, bytes; slot_sizes(16, 256, 4) is [16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256],
             and slot_sizes(16, 128, 1) is [16, 32, 64, 128].
    """
    raise NotImplementedError


def size_class(length, slots):
    """The number of the smallest slot in `slots` that holds `length` bytes.

    Args:    length: int, bytes, 1 <= length; slots: list of int, bytes, smallest first.
    Returns: int, a place in the list; len(slots), one past its end, when no slot is long enough.
             size_class(49, [16, 32, 48, 64]) is 3, and size_class(65, [16, 32, 48, 64]) is 4.
    """
    raise NotImplementedError
