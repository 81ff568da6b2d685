"""Exercise 00.1: what is wasted?

Edit this file: replace the line that raises, in `waste` below, by your own (about 1 line). Save, then check:

    check("00.1")           in the notebook
    refalloc check 00.1     in a terminal
"""


def waste(asked_len, given_len):
    """Bytes that were given and not asked for.

    A program asks for `asked_len` bytes. The allocator gives it a slot of `given_len` bytes, which is never shorter.

    Args:    asked_len: int, bytes, 1 <= asked_len; given_len: int, bytes, asked_len <= given_len.
    Returns: int, bytes; waste(100, 128) is 28.
    """
    raise NotImplementedError
