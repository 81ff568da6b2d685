# fails with: usable(table=[16], chunk_len=64, addr=4) gave 16; expected 0. Only the start of a slot is a block's address.
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    entry = table[chunk]
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0:
        return 0
    return entry
