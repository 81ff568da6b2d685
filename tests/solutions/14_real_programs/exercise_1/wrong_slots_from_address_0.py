# fails with: usable(table=[0, 24], chunk_len=64, addr=64) gave 0; expected 24. Slots lie from the start of their slab on.
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    entry = table[chunk]
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0 or addr % entry != 0 or offset + entry > chunk_len:
        return 0
    return entry
