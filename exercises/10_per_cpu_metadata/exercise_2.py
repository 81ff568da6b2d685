"""Exercise 10.2: a line for each lane.

Edit this file: write the two functions below (1 to 3 lines each). Save, then check:

    check("10.2")           in the notebook
    refalloc check 10.2     in a terminal

A table of lanes is to lie in memory so that no cache line holds anything of two lanes, nor of a lane and of what lies
before or behind the table. A line is line_len bytes at a multiple of line_len. The memory for the table begins where it
happens to begin: at table_addr, a multiple of 8.

Each lane begins at the start of a line. Lane 0 lies as far in front as it can, and each lane as close behind the one
before as it can.
"""


def lane_addr(table_addr, index, lane_len, line_len):
    """Where a lane begins.

    Args:    table_addr: int, a multiple of 8; index: int, the lane's number, from 0; lane_len: int, bytes, a multiple
             of 8; line_len: int, bytes, a power of two, 16 or more.
    Returns: int, an address; lane_addr(1000, 0, 24, 64) is 1024.
    """
    raise NotImplementedError


def table_len(lane_count, lane_len, line_len):
    """Bytes to ask for, so that the lanes and their lines fit, wherever the memory begins; as few as will do.

    Returns: int, bytes.
    """
    raise NotImplementedError
