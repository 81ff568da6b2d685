"""Exercise 10.3: why did the line move?

Edit this file: write the function below (20 lines, about). Save, then check:

    check("10.3")           in the notebook
    refalloc check 10.3     in a terminal

Predict what the caches of some CPUs do. In this model, which leaves out much, a CPU that uses a word must have the
word's line: line_len bytes at a multiple of line_len. A CPU that does not have the line gets it before it goes on. When
it writes to the line, all other CPUs lose it. When it reads, nobody loses anything.

When a CPU gets a line that it has had before and lost, the line moves. Why? If others have since written the very word
that the CPU now uses, it needs to know what they wrote: the line moves for true sharing. If they wrote only other words
of the line, the CPU needs nothing of that, and the line moves for false sharing.
"""


def moves(accesses, line_len):
    """How often lines move for true sharing, and how often for false sharing.

    A CPU that gets a line for the first time is in neither count.

    Args:    accesses: list of [int, str, int], in order: a CPU, "read" or "write", and the address of a word, which
             is a multiple of 8. line_len: int, bytes, a power of two, 8 or more.
    Returns: list of two ints: [true, false].
    """
    raise NotImplementedError
