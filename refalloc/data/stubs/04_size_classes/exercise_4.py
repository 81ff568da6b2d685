"""Exercise 04.4: the best classes for one program.

Edit this file: write the function below (10 to 15 lines, about). Save, then check:

    check("04.4")           in the notebook
    refalloc check 04.4     in a terminal

It gives points in three stages: for slots that are allowed, for slots that beat powers of two, and for the best ones.
"""


def choose_slots(histogram, slot_count, quantum):
    """At most `slot_count` slot sizes that give the blocks of `histogram` the fewest bytes in total.

    Each block gets the smallest slot that holds it, so one slot must hold the longest.

    Args:    histogram: list of [length, count], shortest length first: `count` blocks ask for `length` bytes each;
             slot_count: int, 1 or more; quantum: int, bytes: every slot is a multiple of it.
    Returns: list of int, bytes, smallest first, no two the same.
             choose_slots([[10, 5], [20, 1], [30, 1]], 2, 8) is [16, 32]: 5 * 16 + 2 * 32 = 144 bytes.
    """
    raise NotImplementedError
