# fails with: usable(table=[24], chunk_len=64, addr=48) gave 24; expected 0. What is left at the end of a slab is shorter than a slot, and no block.
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    entry = table[chunk]
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0 or offset % entry != 0:
        return 0
    return entry
