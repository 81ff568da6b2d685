"""Exercise 14.1, explained.

As slabs are aligned, the chunk that an address lies in says where its slab begins: no search, one look into the table.
The entry says what lies there, and the remainder of the offset whether a slot begins at the address.

Two addresses look like a slot's and are none: the rest of a slab that its slots do not fill, and the further chunks of
a large block, whose entries are 0 so that they answer "not ours".

The library of lesson 14 does the same with 8 bytes for each chunk, at a price of about two dozen instructions for each
free. The other way is a header of 8 or 16 bytes before each block, as glibc has it.
"""


def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    entry = table[chunk]
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0 or offset % entry != 0 or offset + entry > chunk_len:
        return 0
    return entry
