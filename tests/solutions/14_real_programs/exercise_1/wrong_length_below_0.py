# fails with: usable(table=[-64], chunk_len=64, addr=0) gave -64; expected 64. A large block's entry is less than 0, its length is not.
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    entry = table[chunk]
    if entry < 0:
        return entry if offset == 0 else 0
    if entry == 0 or offset % entry != 0 or offset + entry > chunk_len:
        return 0
    return entry
