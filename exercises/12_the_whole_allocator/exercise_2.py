"""Exercise 12.2: predict the space.

Edit this file: write the function below (20 lines, about). Save, then check:

    check("12.2")           in the notebook
    refalloc check 12.2     in a terminal

How much memory will an allocator map for a program? You can know it before you run it, from the heap calls and the
allocator's constants alone. The allocator has one lane, and works like yours:

    A block gets a slot of the shortest length in `slots` that holds it. A slab is slab_len bytes with slots of one
    length, as many as fit; the rest of it stays empty. A freed slot is used again for the next block of its length;
    a slab is mapped when none is left, and never given back.
    A block longer than the last of `slots` is large: whole pages of page_len bytes, given back when it is freed.
"""


def peak_mapped(events, slots, slab_len, page_len):
    """Bytes that the allocator has mapped at the moment when they are most.

    Args:    events: list of [int, int], in order: a block's number, and its length in bytes when it is allocated or 0
             when it is freed. A block is allocated once, and freed at most once, after that.
             slots: list of int, bytes, ascending. slab_len: int, bytes, at least the last of slots. page_len: int.
    Returns: int, bytes; 0 for no events.
    """
    raise NotImplementedError
