# fails with: usable(table=[0], chunk_len=64, addr=64) raised IndexError: list index out of range
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    entry = table[chunk]
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0 or offset % entry != 0 or offset + entry > chunk_len:
        return 0
    return entry
