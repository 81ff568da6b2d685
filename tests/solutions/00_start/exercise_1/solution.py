"""Exercise 00.1, explained.

The slot holds the block and the rest. What was given less what was asked for is the rest: nobody asked for it, and
nobody else can have it while the block lives. The field calls this internal fragmentation: waste inside a slot.
"""


def waste(asked_len, given_len):
    return given_len - asked_len
