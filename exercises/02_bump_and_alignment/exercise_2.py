"""Exercise 02.2: downwards.

Edit this file: write the function below (4 to 6 lines, about). Save, then check:

    check("02.2")           in the notebook
    refalloc check 02.2     in a terminal

The lesson's allocator starts at the low end of its region and goes up. Yours starts at the high end and goes down: each
block lies below the one before. bumpalo, a library for Rust, does so, since rounding down takes fewer steps.

The heap has a place where an allocator keeps its numbers, a lane; what else lanes are for is told in later lessons.
Here, lane.next_addrs[0] is the lowest address that was handed out so far: from there up, all is taken. Before the first
block it is the end of the region, the address after its last byte.
"""


def alloc_down(lane, start, length, alignment):
    """Hand out a block: as high as it can lie, below all that is taken.

    Args:    lane: as above; start: int, the lowest address of the region; length: int, bytes, 1 or more;
             alignment: int, bytes, a power of two.
    Returns: int, the block's address, a multiple of `alignment`; 0 when there is no room for it between `start` and
             what is taken. Then nothing has changed, and shorter blocks may still fit.
    """
    raise NotImplementedError
